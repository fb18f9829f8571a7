"""A compiled pipeline in the interpreter: what comes out, and what a failure says."""

from __future__ import annotations

import json

import pytest

from local.provision.clients import aws
from shared.pipelines.asl import compile_pipeline
from shared.pipelines.definition import create_pipeline
from shared.pipelines.start import failure_of, trace_of
from shared.platform.machines import StepFunctionsMachines

PIPELINE = create_pipeline("p", "first", "choose", "last", routers={"choose": {"x": ("branch",)}})


@pytest.fixture
def machine(local):
    from local.provision import compute
    from local.provision.deployment import Deployment

    made = Deployment({}, {})
    aws("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")
    role = "arn:aws:iam::123456789012:role/r"
    names = PIPELINE.all_nodes()
    arns = {n: compute.function(n, {"Handler": "x.y", "Role": role}, made)["Arn"] for n in names}
    definition = json.dumps(compile_pipeline(PIPELINE, arns.__getitem__))
    properties = {"DefinitionString": definition, "RoleArn": role, "StateMachineType": "EXPRESS"}
    arn = compute.state_machine("m", properties, made)["Arn"]
    for create in made.later:
        create()
    return arn


def _step(name, route=None):
    def run(payload):
        event = json.loads(payload)
        trace = [*event["item"]["trace"], [name, event["attempt"]]]
        item = {**event["item"], "route": route, "trace": trace}
        return json.dumps(item).encode(), False, ""

    return run


def _error(kind, message="no"):
    payload = json.dumps({"errorType": kind, "errorMessage": message}).encode()
    return lambda _: (payload, True, "")


def _nodes(**other):
    return {n: _step(n) for n in PIPELINE.all_nodes()} | {"choose": _step("choose", "x")} | other


def _run(machine, name="n"):
    return StepFunctionsMachines().run(machine, name, {"data": {}, "trace": [], "route": None})


@pytest.mark.parametrize(
    ("route", "ran"),
    [("x", ["first", "choose", "branch", "last"]), ("y", ["first", "choose", "last"]),
     (None, ["first", "choose", "last"])],
)  # fmt: skip
def test_the_route_decides_and_the_rest_runs(local, machine, route, ran):
    local.functions = _nodes(choose=_step("choose", route))
    ended = _run(machine)
    assert ended.status == "SUCCEEDED"
    assert [t[0] for t in ended.output["trace"]] == ran


def test_a_node_that_raises_is_named_with_its_reason(local, machine):
    local.functions = _nodes(branch=_error("ValueError", "bad budget"))
    ended = _run(machine)
    assert ended.status == "FAILED"
    assert failure_of(ended) == ("branch", "ValueError: bad budget")
    *before, failed = trace_of(ended)
    assert [name for name, _ in before] == ["first", "choose"]
    assert failed == {"node": "branch", "status": "failed"}


def test_a_node_that_dies_is_tried_again(local, machine):
    tries = []

    def dies_once(payload):
        tries.append(1)
        return (_error("Runtime.ExitError") if len(tries) == 1 else _step("first"))(payload)

    local.functions = _nodes(first=dies_once)
    ended = _run(machine)
    assert ended.status == "SUCCEEDED"
    assert ended.output["trace"][0] == ["first", 1]


def test_executions_one_after_another_and_at_once(local, machine):
    from concurrent.futures import ThreadPoolExecutor

    local.functions = _nodes()
    with ThreadPoolExecutor(4) as pool:
        ended = list(pool.map(lambda n: _run(machine, f"n{n}"), range(12)))
    assert {e.status for e in ended} == {"SUCCEEDED"}


def test_unnamed_executions(local, machine):
    local.functions = _nodes()
    client = aws("stepfunctions")
    arns = {client.start_execution(stateMachineArn=machine)["executionArn"] for _ in range(2)}
    assert len(arns) == 2


def test_an_error_of_a_function_is_unhandled(local, machine):
    local.functions = {"first": _error("ValueError")}
    answer = aws("lambda").invoke(FunctionName="first", Payload=b"{}")
    assert answer["FunctionError"] == "Unhandled"
