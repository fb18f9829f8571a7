"""Lambda: every way to a function ends in the given host."""

from __future__ import annotations

import base64
import json
import threading

from botocore.config import Config


def client(seamed):
    return getattr(seamed, "lambda")


def test_invoke_answers_with_what_the_host_says(seamed):
    seamed.function("f")
    seamed.invoke = lambda name, payload: (b'{"a": [1]}', False, "a line of the log")
    answer = client(seamed).invoke(FunctionName="f", Payload=b'{"q": "\\u00fc"}', LogType="Tail")
    assert json.loads(answer["Payload"].read()) == {"a": [1]}
    assert "FunctionError" not in answer
    assert base64.b64decode(answer["LogResult"]) == b"a line of the log"
    assert [(n, json.loads(p)) for n, p in seamed.invoked] == [("f", {"q": "\u00fc"})]


def test_payloads_of_every_kind_reach_the_host_as_they_are(seamed):
    seamed.function("f")
    for sent in ('{"a": 1}', "[1, 2]", '"text"', "7", "null", "{}", "false", "0", '""'):
        answer = client(seamed).invoke(FunctionName="f", Payload=sent.encode())
        assert json.loads(answer["Payload"].read()) == json.loads(sent), sent
    assert json.loads(client(seamed).invoke(FunctionName="f")["Payload"].read()) == {}


def test_an_error_is_unhandled_as_on_aws(seamed):
    seamed.function("f")
    seamed.invoke = lambda name, payload: (b'{"errorType": "E"}', True, "")
    answer = client(seamed).invoke(FunctionName="f", Payload=b"{}")
    assert answer["FunctionError"] == "Unhandled"
    assert json.loads(answer["Payload"].read()) == {"errorType": "E"}


def test_an_event_invocation_returns_before_the_function_does(seamed):
    seamed.function("f")
    go, done = threading.Event(), threading.Event()

    def slow(name, payload):
        go.wait(5)
        done.set()
        return b'{"secret": true}', True, ""

    seamed.invoke = slow
    answer = client(seamed).invoke(FunctionName="f", InvocationType="Event", Payload=b"{}")
    assert not done.is_set()
    assert answer["StatusCode"] == 202
    assert answer["Payload"].read() == b""
    assert "FunctionError" not in answer
    go.set()
    assert done.wait(5)


def test_a_dry_run_runs_nothing(seamed):
    seamed.function("f")
    answer = client(seamed).invoke(FunctionName="f", InvocationType="DryRun", Payload=b"{}")
    assert answer["StatusCode"] == 204
    assert seamed.invoked == []


def test_moto_delivers_no_message_itself(seamed):
    seamed.function("f")
    url = seamed.queue("q")
    arn = "arn:aws:sqs:us-east-1:123456789012:q"
    client(seamed).create_event_source_mapping(FunctionName="f", EventSourceArn=arn)
    seamed.sqs.send_message(QueueUrl=url, MessageBody="x")
    assert seamed.invoked == []
    assert len(seamed.sqs.receive_message(QueueUrl=url)["Messages"]) == 1
    assert len(client(seamed).list_event_source_mappings()["EventSourceMappings"]) == 1


def test_two_functions_run_at_the_same_time(seamed, at_once):
    seamed.function("f")
    both = threading.Barrier(2, timeout=5)
    seamed.invoke = lambda name, payload: (str(both.wait()).encode(), False, "")
    config = Config(retries={"total_max_attempts": 1})
    import boto3

    alone = boto3.client("lambda", region_name="us-east-1", config=config)
    # The barrier breaks, and the invocation fails, unless both are there together.
    at_once(lambda n: alone.invoke(FunctionName="f", Payload=b"{}"), 2)
