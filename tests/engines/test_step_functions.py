"""Compiled flows through moto's Step Functions: drawn ones, and each kind of wait."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from local.provision.clients import aws
from local.seams import lambda_invocations
from shared.graph import FlowGraph
from shared.graph.asl.compiler import compile_flow
from shared.graph.asl.emitting import Functions
from shared.graph.durable import NodeRunner, TablesRecordStore, start_run
from shared.graph.durable.published import PublishedFlows
from shared.graph.engine.loaded import load
from shared.nodes.sub_workflow import SubWorkflowNode
from shared.platform.blobs import S3Blobs
from shared.platform.dynamo import DynamoTables
from tests.engines.comparing import TENANT, Durable, inline
from tests.engines.drawing import INPUTS, flows, pins
from tests.engines.nodes import REGISTRY
from tests.engines.step_functions import (
    FUNCTION,
    ROLE,
    StepFunctions,
    answered,
    step_functions,
    waited,
)
from tests.engines.test_faults import flow


@pytest.fixture(scope="module")
def world() -> Iterator[StepFunctions]:
    with step_functions() as made:
        yield made


def test_drawn_flows_end_alike(world: StepFunctions) -> None:
    numbers = iter(range(100))

    @settings(
        max_examples=6, deadline=None, database=None, phases=[Phase.generate], derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.data(), flows(), INPUTS)
    def one(data: Any, graph: FlowGraph, item: Any) -> None:
        pinned = data.draw(pins(graph))
        wanted = asyncio.run(inline(graph, item, pinned))
        for granularity in ("node", "region"):
            found = world.run(f"drawn{next(numbers)}", graph, item, pinned, granularity)
            assert found.report() == wanted

    one()


WAITS = flow(
    "a>p p.yes>q p.no>r q>e r>e e>m e.body>x x>y m.body>z",
    a={}, p={"type": "pick"}, q={"type": "ask"}, r={"type": "ask", "kind": "timer"},
    e={"type": "each", "items": [1, 2, 3]}, x={"type": "ask"}, y={},
    m={"type": "each", "items": [1, 2, 3], "concurrency": 3}, z={"type": "ask"},
)  # fmt: skip


@pytest.mark.parametrize("granularity", ["node", "region"])
def test_questions_timers_cycles_and_maps(world: StepFunctions, granularity: str) -> None:
    found = world.run(f"waits-{granularity}", WAITS, {"k": 1}, {}, granularity).report()
    assert found["status"] == "completed"
    assert found == asyncio.run(inline(WAITS, {"k": 1}, {}))


def test_a_distributed_map(world: StepFunctions) -> None:
    config = {"type": "each", "items": [1, 2], "concurrency": 2, "most": 2_000}
    graph = flow("m.body>z m>e", m=config, z={"type": "ask"}, e={})
    assert "DISTRIBUTED" in compile_flow(load(graph, REGISTRY).plan).as_text()
    found = world.run("distributed", graph, {}, {}, "node").report()
    assert found == asyncio.run(inline(graph, {}, {}))


def test_a_function_that_dies_takes_the_error_output(world: StepFunctions) -> None:
    graph = flow("a>b b>c b.error>d d>e c>e", a={}, b={}, c={}, d={}, e={})
    invoke = world.invoke

    def dying(name: str, payload: bytes) -> Any:
        if json.loads(payload)["node"] == "b":
            return b'{"errorType": "Runtime.ExitError", "errorMessage": "9"}', True, ""
        return invoke(name, payload)

    lambda_invocations.install(dying)
    try:
        found = world.run("dying", graph, {}, {}, "node").report()
    finally:
        lambda_invocations.install(world.invoke)
    assert found["statuses"] == {
        "a": "completed", "b": "failed", "c": "skipped", "d": "completed", "e": "completed",
    }  # fmt: skip
    assert found["entries"]["b"]["error"]["type"] == "NodeLost"


def test_an_express_machine_answers_at_once(world: StepFunctions) -> None:
    graph = flow("a>b", a={}, b={}).model_copy(
        update={"settings": FlowGraph().settings.model_copy(update={"timeout": 60})}
    )
    durable = Durable(graph)
    durable.execution = "express"
    world.runs["express"] = durable
    made = compile_flow(durable.flow.plan, Functions(FUNCTION))
    assert made.machine.type == "EXPRESS"
    client = aws("stepfunctions")
    arn = client.create_state_machine(
        name="express", definition=made.as_text(), roleArn=ROLE, type="EXPRESS"
    )["stateMachineArn"]
    answer = client.start_sync_execution(
        stateMachineArn=arn, name="express", input=json.dumps(durable.start({}, {}))
    )
    assert answer["status"] == "SUCCEEDED"
    assert durable.report()["status"] == "completed"


class Children:
    """Other workflows, prepared as runs of a machine that was made before."""

    def __init__(self, store: Any, machine: str) -> None:
        self.store, self.machine = store, machine

    def prepare(self, workflow: str, given: Any, key: str, parent: Any) -> str:
        child = key.replace("/", "-")
        self.given = start_run(self.store, TENANT, child, workflow, given, parent=parent)
        return child

    def start(self, execution: str) -> None:
        given = {"tenant": TENANT, "execution": execution, "path": "", "route": None}
        aws("stepfunctions").start_execution(
            stateMachineArn=self.machine, name=execution, input=json.dumps(given)
        )

    def succeed(self, token: str, output: Any) -> None:
        # The token's task may not have returned yet.
        threading.Thread(target=answered, args=(token,)).start()


@pytest.mark.parametrize("kind", ["STANDARD", "EXPRESS"])
def test_a_sub_workflow_on_tables_buckets_and_machines(world: StepFunctions, kind: str) -> None:
    run = f"whole-{kind}"
    aws("dynamodb").create_table(
        TableName=f"runs-{kind}",
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("pk", "sk")],
        BillingMode="PAY_PER_REQUEST",
    )
    aws("s3").create_bucket(Bucket=f"values-{kind}".lower())
    store = TablesRecordStore(DynamoTables(), f"runs-{kind}", S3Blobs(f"values-{kind}".lower()))
    registry = type(REGISTRY)(*(REGISTRY.get(name) for name in REGISTRY), SubWorkflowNode)
    published = PublishedFlows(DynamoTables(), f"runs-{kind}", registry)
    child = flow("c>d", c={"form": "update", "value": "y" * 100_000}, d={})
    parent = flow("a>s s>b", a={}, s={"type": "sub-workflow", "workflow": "child"}, b={})
    client, machines, kinds = aws("stepfunctions"), {}, {"child": kind, "parent": "STANDARD"}
    for name, graph in {"child": child, "parent": parent}.items():
        published.publish(TENANT, name, graph)
        text = compile_flow(published(TENANT, name).plan, Functions(FUNCTION)).as_text()
        machines[name] = client.create_state_machine(
            name=f"sub-{name}-{kind}", definition=text, roleArn=ROLE, type=kinds[name]
        )["stateMachineArn"]
    runner = NodeRunner(
        store, published, children=lambda tenant: Children(store, machines["child"])
    )

    class Run:
        def invoke(self, request: Any) -> Any:
            return runner.handle(request)

        def answer(self, request: Any) -> bool:
            return False

    world.runs |= {run: Run(), f"{run}-s": Run()}  # type: ignore[dict-item]
    given = start_run(store, TENANT, run, "parent", {"k": 1})
    arn = client.start_execution(
        stateMachineArn=machines["parent"], name=run, input=json.dumps(given)
    )["executionArn"]
    ended = waited(client, arn)
    assert ended["status"] == "SUCCEEDED", (ended.get("error"), ended.get("cause"))
    header = store.header(TENANT, run)
    assert header is not None
    assert header.result is not None
    assert header.result["sub_workflow"]["k"] == "y" * 100_000
    assert len(aws("s3").list_objects_v2(Bucket=f"values-{kind}".lower())["Contents"]) >= 1
