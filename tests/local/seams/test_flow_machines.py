"""The adapters of machines and runs of flows, on the local AWS."""

from __future__ import annotations

import json
import time

import pytest

from local.seams import saved_machines
from shared.platform import aws
from shared.platform.flow_machines import MachineError, MachineQuotaError, Wanted
from shared.platform.lambda_runs import LambdaFlowRuns
from shared.platform.step_functions import (
    MachinePlace,
    StepFunctionsFlowMachines,
    execution_arn,
    machine_name,
)
from tests.fakes.tables import MemoryTables

RUNNER = "arn:aws:lambda:us-east-1:123456789012:function:f"
TASK = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
    "Parameters": {
        "FunctionName": "${NodeRunner}",
        "Payload": {"token.$": "$$.Task.Token", "state.$": "$"},
    },
    "End": True,
}
WAITS = json.dumps({"StartAt": "T", "States": {"T": TASK}})
PASS = json.dumps({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}})


def wanted(tenant="acme", workflow="0190-w", number=1, definition=PASS, kind="STANDARD"):
    return Wanted(tenant, workflow, number, definition, kind)


@pytest.fixture
def machines(interpreted):
    aws.client.cache_clear()
    place = MachinePlace(interpreted.role(), RUNNER, "workflows", per_tenant=3)
    yield StepFunctionsFlowMachines(MemoryTables(), place)
    aws.client.cache_clear()


def status(interpreted, arn, name):
    found = interpreted.stepfunctions.describe_execution(executionArn=execution_arn(arn, name))
    return found["status"]


def called(interpreted):
    until = time.monotonic() + 20
    while not interpreted.invoked:
        assert time.monotonic() < until
        time.sleep(0.01)


def ended(interpreted, arn, name):
    until = time.monotonic() + 20
    while (now := status(interpreted, arn, name)) == "RUNNING":
        assert time.monotonic() < until
        time.sleep(0.01)
    return now


def test_twice_is_once_and_the_tags_say_whose_it_is(machines, interpreted):
    arn = machines.ensure(wanted())
    assert machines.ensure(wanted()) == arn
    (made,) = machines.all()
    assert (made.arn, made.tenant, made.workflow_id, made.number) == (arn, "acme", "0190-w", 1)
    described = interpreted.stepfunctions.describe_state_machine(stateMachineArn=arn)
    assert described["type"] == "STANDARD"
    assert described["loggingConfiguration"]["level"] == "OFF"


def test_no_name_holds_what_a_user_wrote():
    name = machine_name(wanted("Acme Ltd./*", "my workflow: x" * 9, 123_456), PASS)
    assert len(name) <= 80
    assert name.replace("-", "").isalnum()
    assert "cme" not in name


def test_equal_names_have_equal_definitions(machines):
    other = PASS.replace('"P"', '"Q"')
    arns = {machines.ensure(wanted()), machines.ensure(wanted(definition=other))}
    arns |= {machines.ensure(wanted(kind="EXPRESS"))}
    assert len(arns) == 3


def test_a_tenant_has_so_many_machines_and_a_dropped_one_is_none(machines):
    arns = [machines.ensure(wanted(number=n)) for n in (1, 2, 3)]
    machines.ensure(wanted(number=3))
    machines.ensure(wanted(tenant="other"))
    with pytest.raises(MachineQuotaError, match="delete workflows that are not used"):
        machines.ensure(wanted(number=4))
    machines.drop(arns[0])
    machines.drop(arns[0])
    machines.ensure(wanted(number=4))
    assert sorted(one.number for one in machines.all() if one.tenant == "acme") == [2, 3, 4]


def test_what_step_functions_refuses_is_told(machines):
    with pytest.raises(MachineError, match="ASLParserException"):
        machines.ensure(wanted(definition="{"))
    with pytest.raises(MachineError, match="StateMachineDoesNotExist"):
        machines.start(f"{machines.ensure(wanted())}x", "a", {})


def test_an_execution_starts_once_per_name(machines, interpreted):
    arn = machines.ensure(wanted())
    for _ in range(2):
        machines.start(arn, "once", {"a": 1})
    assert ended(interpreted, arn, "once") == "SUCCEEDED"
    assert not machines.busy(arn)
    runs = interpreted.stepfunctions.list_executions(stateMachineArn=arn)["executions"]
    assert len(runs) == 1


def test_an_answer_reaches_who_waits_once(machines, interpreted):
    interpreted.function("f")
    arn = machines.ensure(wanted(definition=WAITS))
    machines.start(arn, "a", {"a": 1})
    called(interpreted)
    assert machines.busy(arn)
    token = json.loads(interpreted.invoked[0][1])["token"]
    assert machines.succeed(token, {"b": 2})
    assert ended(interpreted, arn, "a") == "SUCCEEDED"
    assert not machines.succeed(token, {"b": 2})
    assert not machines.succeed("nobody's", {})


def test_a_stopped_execution_is_over(machines, interpreted):
    interpreted.function("f")
    arn = machines.ensure(wanted(definition=WAITS))
    machines.start(arn, "a", {})
    called(interpreted)
    machines.stop(arn, "a", "a user cancelled it")
    machines.stop(arn, "nobody", "it is gone")
    assert ended(interpreted, arn, "a") == "ABORTED"


def test_a_run_without_a_machine_is_a_call(interpreted):
    aws.client.cache_clear()
    runs = LambdaFlowRuns(interpreted.function("f"))
    runs.run({"mode": "flow"})
    assert interpreted.invoked == [("f", b'{"mode": "flow"}')]
    interpreted.invoke = lambda name, payload: (
        b'{"errorType": "E", "errorMessage": "m"}',
        True,
        "",
    )
    with pytest.raises(MachineError, match="E: m"):
        runs.run({})
    with pytest.raises(MachineError, match="ResourceNotFoundException"):
        LambdaFlowRuns("arn:aws:lambda:us-east-1:123456789012:function:gone").run({})
    runs.begin({})


def test_machines_come_back_and_open_executions_go_on(machines, interpreted):
    interpreted.function("f")
    arn = machines.ensure(wanted(definition=WAITS))
    ended_one = machines.ensure(wanted(number=2))
    machines.start(arn, "open", {"a": 1})
    machines.start(ended_one, "over", {})
    called(interpreted)
    ended(interpreted, ended_one, "over")
    saved = saved_machines.dump()
    for one in list(machines.all()):
        interpreted.stepfunctions.delete_state_machine(stateMachineArn=one.arn)
    interpreted.invoked.clear()
    saved_machines.keep(saved)
    assert saved_machines.dump() == saved
    saved_machines.make()
    assert sorted(one.number for one in machines.all()) == [1, 2]
    called(interpreted)
    assert json.loads(interpreted.invoked[0][1])["state"] == {"a": 1}
    assert machines.busy(arn)
    assert not machines.busy(ended_one)
