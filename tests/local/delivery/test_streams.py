"""Streams: filtered, in order, bounded."""

from __future__ import annotations

import json
import threading
import time

import pytest

from local.blueprint import BlueprintError
from local.delivery import streams
from local.delivery.streams import StreamPoller
from local.lambda_host import InvocationResult
from local.lambda_host.spec import failure
from local.provision.clients import aws

ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/t/stream/1"
FILTER = {"eventName": ["INSERT"], "dynamodb": {"NewImage": {"pending_pk": [{"exists": True}]}}}


def _record(number, name="INSERT", pending=True):
    image = {"pending_pk": {"S": "p"}} if pending else {}
    body = {"SequenceNumber": str(number), "Keys": {"pk": {"S": "k"}}, "NewImage": image}
    return {"eventName": name, "dynamodb": body}


class World:
    def __init__(self, monkeypatch, answers=(), **mapping):
        monkeypatch.setattr(streams, "_wait", lambda attempt: 0.0)
        self.answers = list(answers)
        self.calls = []
        self.said = []
        self.heard = threading.Event()
        base = {
            "FunctionName": "f", "EventSourceArn": ARN, "BatchSize": 10, "MaximumRetryAttempts": 2,
            "FilterCriteria": {"Filters": [{"Pattern": json.dumps(FILTER)}]},
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
        }  # fmt: skip
        self.poller = StreamPoller(
            base | mapping, self.invoke, lambda about, text: self.said.append(text)
        )

    def invoke(self, function, event):
        self.calls.append([r["dynamodb"]["SequenceNumber"] for r in event["Records"]])
        return self.answers.pop(0) if self.answers else InvocationResult(b"{}")

    def deliver(self, *records, calls):
        for record in records:
            self.poller.take(record)
        self.poller.start()
        until = time.monotonic() + 5
        while len(self.calls) < calls:
            assert time.monotonic() < until, self.calls
            time.sleep(0.01)
        self.poller.close()


def test_only_what_the_filter_lets_through_in_order(monkeypatch):
    world = World(monkeypatch)
    world.deliver(_record(1), _record(2, "MODIFY"), _record(3, pending=False), _record(4), calls=1)
    assert world.calls == [["1", "4"]]


def test_from_the_first_failure_on_a_batch_comes_again(monkeypatch):
    failed = json.dumps({"batchItemFailures": [{"itemIdentifier": "2"}]}).encode()
    world = World(monkeypatch, [InvocationResult(failed)])
    world.deliver(_record(1), _record(2), _record(3), calls=2)
    assert world.calls == [["1", "2", "3"], ["2", "3"]]


def test_a_function_that_keeps_failing_is_given_up_and_blocks_nobody(monkeypatch, local):
    aws("sqs").create_queue(QueueName="dead")
    dead = {"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:123456789012:dead"}}
    world = World(
        monkeypatch, [failure("X", "no")] * 3, DestinationConfig=dead, BatchSize=1
    )  # fmt: skip
    world.deliver(_record(1), _record(2), calls=4)
    assert world.calls == [["1"], ["1"], ["1"], ["2"]]
    assert world.said[:3] == ["X: no"] * 3
    assert "gave up 1" in world.said[3]
    url = aws("sqs").get_queue_url(QueueName="dead")["QueueUrl"]
    (message,) = aws("sqs").receive_message(QueueUrl=url)["Messages"]
    told = json.loads(message["Body"])
    assert told["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert told["DDBStreamBatchInfo"]["startSequenceNumber"] == "1"


def test_one_bad_record_does_not_take_its_batch_along(monkeypatch):
    world = World(monkeypatch, BisectBatchOnFunctionError=True, MaximumRetryAttempts=0)

    def invoke(function, event):
        world.calls.append([r["dynamodb"]["SequenceNumber"] for r in event["Records"]])
        return failure("X", "no") if "3" in world.calls[-1] else InvocationResult(b"{}")

    world.poller._invoke = invoke
    world.deliver(*(_record(n) for n in range(1, 5)), calls=5)
    assert world.calls == [["1", "2", "3", "4"], ["1", "2"], ["3", "4"], ["3"], ["4"]]
    assert "gave up 1" in world.said[-1]


def test_duplicates_on_demand(monkeypatch):
    world = World(monkeypatch)
    world.poller = StreamPoller(
        {"FunctionName": "f", "EventSourceArn": ARN}, world.invoke, print, lambda: 2
    )
    world.deliver(_record(1), calls=2)
    assert world.calls == [["1"], ["1"]]


def test_an_unknown_filter_rule_is_named(monkeypatch):
    pattern = json.dumps({"eventName": [{"prefix": "IN"}]})
    with pytest.raises(BlueprintError, match="prefix"):
        World(monkeypatch, FilterCriteria={"Filters": [{"Pattern": pattern}]})
