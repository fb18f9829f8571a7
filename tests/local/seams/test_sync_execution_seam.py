"""Step Functions: the interpreter, waited for or not."""

from __future__ import annotations

import json

import boto3
import pytest
from botocore.config import Config
from moto.server import ThreadedMotoServer

PASS = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}


def machine(seamed, definition, name="m", kind="EXPRESS"):
    return seamed.stepfunctions.create_state_machine(
        name=name, definition=json.dumps(definition), roleArn=seamed.role(), type=kind
    )["stateMachineArn"]


def run(seamed, definition, given=None):
    arn = machine(seamed, definition)
    return seamed.stepfunctions.start_sync_execution(
        stateMachineArn=arn, input=json.dumps(given or {})
    )


def task(**more):
    resource = "arn:aws:states:::lambda:invoke"
    parameters = {"FunctionName": "f", "Payload.$": "$"}
    state = {"Type": "Task", "Resource": resource, "Parameters": parameters, "End": True, **more}
    return {"StartAt": "T", "States": {"T": state}}


def test_a_waited_for_execution_answers_as_aws_does(interpreted):
    answer = run(interpreted, PASS, {"a": 1})
    assert answer["status"] == "SUCCEEDED"
    assert json.loads(answer["output"]) == {"a": 1}
    assert json.loads(answer["input"]) == {"a": 1}
    assert ":express:m:" in answer["executionArn"]
    assert answer["startDate"] <= answer["stopDate"]
    assert "error" not in answer


def test_a_waited_for_execution_works_through_the_server(interpreted):
    arn = machine(interpreted, PASS)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        outside = boto3.client(
            "stepfunctions", endpoint_url=f"http://{host}:{port}", region_name="us-east-1",
            config=Config(inject_host_prefix=False),
        )  # fmt: skip
        answer = outside.start_sync_execution(stateMachineArn=arn, name="n", input='{"a": 1}')
    finally:
        server.stop()
    assert answer["status"] == "SUCCEEDED"
    assert answer["name"] == "n"
    assert json.loads(answer["output"]) == {"a": 1}


def test_an_unknown_machine_is_said(interpreted):
    arn = "arn:aws:states:us-east-1:123456789012:stateMachine:none"
    with pytest.raises(interpreted.stepfunctions.exceptions.StateMachineDoesNotExist):
        interpreted.stepfunctions.start_sync_execution(stateMachineArn=arn)


def test_unnamed_executions_do_not_meet(interpreted):
    arn = machine(interpreted, PASS, kind="STANDARD")
    started = [interpreted.stepfunctions.start_execution(stateMachineArn=arn) for _ in range(3)]
    assert len({s["executionArn"] for s in started}) == 3


def test_a_failure_says_its_error_and_cause(interpreted):
    fail = {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "Bad", "CausePath": "$.why"}}}
    answer = run(interpreted, fail, {"why": "so"})
    assert (answer["status"], answer["error"], answer["cause"]) == ("FAILED", "Bad", "so")
    assert "output" not in answer


def test_a_machine_that_takes_too_long_times_out(interpreted):
    slow = {
        "TimeoutSeconds": 1, "StartAt": "W",
        "States": {"W": {"Type": "Wait", "Seconds": 3, "End": True}},
    }  # fmt: skip
    assert run(interpreted, slow)["status"] == "TIMED_OUT"


def test_a_task_that_takes_too_long_can_be_caught(interpreted):
    interpreted.function("f")

    def slow(name, payload):
        import time

        time.sleep(1.6)
        return b"{}", False, ""

    interpreted.invoke = slow
    catch = [{"ErrorEquals": ["States.Timeout"], "Next": "C"}]
    definition = task(TimeoutSeconds=1, Catch=catch)
    definition["States"]["C"] = {"Type": "Pass", "Result": "caught", "End": True}
    answer = run(interpreted, definition)
    assert (answer["status"], json.loads(answer["output"])) == ("SUCCEEDED", "caught")


def test_an_error_of_a_function_is_retried_and_the_attempt_is_known(interpreted):
    interpreted.function("f")

    def unsteady(name, payload):
        if json.loads(payload)["attempt"] < 2:
            return b'{"errorType": "Unsteady", "errorMessage": "m"}', True, ""
        return payload, False, ""

    interpreted.invoke = unsteady
    definition = task(
        Parameters={"FunctionName": "f", "Payload": {"attempt.$": "$$.State.RetryCount",
                                                     "execution.$": "$$.Execution.Id"}},
        OutputPath="$.Payload",
        Retry=[{"ErrorEquals": ["Unsteady"], "IntervalSeconds": 1, "MaxAttempts": 3,
                "BackoffRate": 1, "MaxDelaySeconds": 1, "JitterStrategy": "FULL"}],
    )  # fmt: skip
    answer = run(interpreted, definition)
    assert answer["status"] == "SUCCEEDED", answer
    output = json.loads(answer["output"])
    assert output == {"attempt": 2, "execution": answer["executionArn"]}


def test_an_error_of_a_function_is_caught_by_its_name(interpreted):
    interpreted.function("f")
    interpreted.invoke = lambda n, p: (b'{"errorType": "Mine", "errorMessage": "m"}', True, "")
    definition = task(Catch=[{"ErrorEquals": ["Mine"], "Next": "C"}])
    definition["States"]["C"] = {"Type": "Pass", "End": True}
    output = json.loads(run(interpreted, definition)["output"])
    assert output["Error"] == "Mine"
    assert json.loads(output["Cause"])["errorMessage"] == "m"


def test_eight_executions_at_once_do_not_mix(interpreted, at_once):
    interpreted.function("f")
    definition = task(OutputPath="$.Payload")
    arn = machine(interpreted, definition)

    def one(n):
        return json.loads(
            interpreted.stepfunctions.start_sync_execution(
                stateMachineArn=arn, input=json.dumps({"n": n})
            )["output"]
        )["n"]

    assert at_once(one, 16) == list(range(16))


def test_finished_executions_are_forgotten(interpreted):
    from moto.stepfunctions.parser.utils import TMP_THREADS

    arn = machine(interpreted, PASS)
    for _ in range(20):
        interpreted.stepfunctions.start_sync_execution(stateMachineArn=arn)
    assert len(TMP_THREADS) < 10
