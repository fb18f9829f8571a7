"""A state machine that starts another hears of its result, or of its failure."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from local.provision.clients import aws

ROLE = "arn:aws:iam::123456789012:role/r"
CHILD = {"StartAt": "a", "States": {"a": {"Type": "Pass", "Result": {"b": 1}, "End": True}}}
FAILING = {"StartAt": "a", "States": {"a": {"Type": "Fail", "Error": "Bad", "Cause": "it is"}}}


def run(child: dict[str, Any]) -> Any:
    client = aws("stepfunctions")
    inner = client.create_state_machine(name="c", definition=json.dumps(child), roleArn=ROLE)
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::states:startExecution.sync:2",
        "Parameters": {
            "StateMachineArn": inner["stateMachineArn"], "Name.$": "$.name", "Input": {"k": 1},
        },
        "End": True,
    }  # fmt: skip
    text = json.dumps({"StartAt": "t", "States": {"t": task}})
    outer = client.create_state_machine(name="p", definition=text, roleArn=ROLE)
    arn = client.start_execution(
        stateMachineArn=outer["stateMachineArn"], input='{"name": "child"}'
    )["executionArn"]
    for _ in range(500):
        if (found := client.describe_execution(executionArn=arn))["status"] != "RUNNING":
            return found
        time.sleep(0.02)
    return found


def test_the_result_of_the_other_machine_is_the_task_s(interpreted: Any) -> None:
    found = run(CHILD)
    assert found["status"] == "SUCCEEDED", found
    told = json.loads(found["output"])
    assert told["Output"] == {"b": 1}
    assert told["Status"] == "SUCCEEDED"


def test_the_failure_of_the_other_machine_is_the_task_s(interpreted: Any) -> None:
    found = run(FAILING)
    assert (found["status"], found["error"]) == ("FAILED", "States.TaskFailed")


pytestmark = pytest.mark.filterwarnings("ignore")
