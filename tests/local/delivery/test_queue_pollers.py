"""Queues to functions: whole batches, partial failures, functions that fail, events to queues."""

from __future__ import annotations

import json
import threading
import time

import pytest

from local.delivery.bus import BusDelivery
from local.delivery.queues import QueuePoller
from local.lambda_host import InvocationResult
from local.lambda_host.spec import failure
from local.provision.clients import aws
from local.weakness import Weakness


class World:
    def __init__(self, answer, **mapping):
        made = aws("sqs").create_queue(QueueName="q", Attributes={"VisibilityTimeout": "600"})
        self.url = made["QueueUrl"]
        self.answer = answer
        self.events = []
        self.said = []
        base = {
            "FunctionName": "f", "EventSourceArn": "arn:aws:sqs:us-east-1:1:q",
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
        }  # fmt: skip
        self.poller = QueuePoller(
            base | mapping, self.invoke, lambda about, text: self.said.append(text)
        )

    def invoke(self, function, event):
        self.events.append(event)
        return self.answer(event)

    def run(self, *bodies):
        for body in bodies:
            aws("sqs").send_message(QueueUrl=self.url, MessageBody=body)
        self.poller.start()
        until = time.monotonic() + 5
        while sum(len(e["Records"]) for e in self.events) < len(bodies):
            assert time.monotonic() < until
            time.sleep(0.01)
        time.sleep(0.1)
        self.poller.close()

    def left(self):
        names = ["ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessages"]
        found = aws("sqs").get_queue_attributes(QueueUrl=self.url, AttributeNames=names)
        return sum(int(v) for v in found["Attributes"].values())


def test_a_handled_message_is_gone(local):
    world = World(lambda event: InvocationResult(b"null"))
    world.run("a", "b")
    record = world.events[0]["Records"][0]
    assert record["body"] == "a"
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert {"messageId", "receiptHandle", "eventSourceARN"} <= record.keys()
    assert world.left() == 0


def test_a_named_failure_stays_and_the_rest_is_gone(local):
    def answer(event):
        failed = [
            {"itemIdentifier": r["messageId"]} for r in event["Records"] if r["body"] == "bad"
        ]
        return InvocationResult(json.dumps({"batchItemFailures": failed}).encode())

    world = World(answer)
    world.run("good", "bad", "fine")
    assert world.left() == 1


@pytest.mark.parametrize(
    "result",
    [
        failure("ValueError", "no"),
        InvocationResult(b'{"batchItemFailures": [{"itemIdentifier": "unknown"}]}'),
    ],
)
def test_a_function_that_failed_handled_nothing(local, result):
    world = World(lambda event: result)
    world.run("a")
    assert world.left() == 1


def test_failures_count_only_where_the_mapping_asks_for_them(local):
    def answer(event):
        failed = [{"itemIdentifier": event["Records"][0]["messageId"]}]
        return InvocationResult(json.dumps({"batchItemFailures": failed}).encode())

    world = World(answer, FunctionResponseTypes=[])
    world.run("a")
    assert world.left() == 0


def test_no_more_deliveries_at_once_than_the_mapping_allows(local):
    running, most = [], []

    def answer(event):
        running.append(event)
        most.append(len(running))
        time.sleep(0.05)
        running.remove(event)
        return InvocationResult(b"null")

    world = World(answer, BatchSize=1, ScalingConfig={"MaximumConcurrency": 2})
    world.run(*"abcdef")
    assert max(most) == 2


def test_a_message_is_delivered_at_once_and_a_closed_poller_ends_soon(local):
    world = World(lambda event: InvocationResult(b"null"))
    world.poller.start()
    time.sleep(0.1)
    began = time.monotonic()
    aws("sqs").send_message(QueueUrl=world.url, MessageBody="a")
    while not world.events:
        assert time.monotonic() - began < 0.4
        time.sleep(0.005)
    world.poller.close()
    world.poller.join(5)
    assert time.monotonic() - began < 2


def test_an_event_for_a_queue_that_is_gone_is_a_dead_letter(local):
    url = aws("sqs").create_queue(QueueName="dead")["QueueUrl"]
    said = []
    deliver = BusDelivery(lambda about, text: said.append(text), Weakness(None, duplicate=True))
    deliver("arn:aws:sqs:us-east-1:1:gone", "body", "arn:aws:sqs:us-east-1:1:dead")
    found = aws("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert [m["Body"] for m in found] == ["body", "body"]
    deliver("arn:aws:sqs:us-east-1:1:gone", "body", None)
    assert "reached nobody" in said[-1]


class InOrder(World):
    """The same with a FIFO queue, whose messages are of groups."""

    def __init__(self, answer, **mapping):
        super().__init__(answer, **mapping)
        attributes = {"VisibilityTimeout": "1", "FifoQueue": "true"}
        self.url = aws("sqs").create_queue(QueueName="f.fifo", Attributes=attributes)["QueueUrl"]
        base = {"FunctionName": "f", "EventSourceArn": "arn:aws:sqs:us-east-1:1:f.fifo"}
        self.poller = QueuePoller(
            base | mapping, self.invoke, lambda about, text: self.said.append(text)
        )

    def send(self, group, *bodies):
        for body in bodies:
            aws("sqs").send_message(
                QueueUrl=self.url, MessageBody=body, MessageGroupId=group,
                MessageDeduplicationId=body,
            )  # fmt: skip


def test_messages_of_a_group_come_one_after_the_other_and_groups_beside_each_other(local):
    running, most, order = set(), [], []
    lock = threading.Lock()

    def answer(event):
        (record,) = event["Records"]
        group = record["attributes"]["MessageGroupId"]
        with lock:
            assert group not in running
            running.add(group)
            most.append(len(running))
            order.append(record["body"])
        time.sleep(0.05)
        with lock:
            running.discard(group)
        return InvocationResult(b"null")

    world = InOrder(answer, BatchSize=1)
    for group in "abc":
        world.send(group, *(f"{group}{number}" for number in range(5)))
    world.poller.start()
    until = time.monotonic() + 20
    while len(order) < 15:
        assert time.monotonic() < until, world.said
        time.sleep(0.01)
    world.poller.close()
    assert world.said == []
    assert max(most) > 1
    for group in "abc":
        assert [one for one in order if one[0] == group] == [f"{group}{n}" for n in range(5)]


def test_a_message_that_failed_comes_again_before_the_others_of_its_group(local):
    seen = []

    def answer(event):
        (record,) = event["Records"]
        seen.append(record["body"])
        return failure("E", "no") if seen.count("a0") < 2 else InvocationResult(b"null")

    world = InOrder(answer, BatchSize=1)
    world.send("a", "a0", "a1")
    world.poller.start()
    until = time.monotonic() + 20
    while len(seen) < 3:
        assert time.monotonic() < until
        time.sleep(0.01)
    world.poller.close()
    assert seen == ["a0", "a0", "a1"]
