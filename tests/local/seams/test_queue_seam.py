"""SQS under threads."""

from __future__ import annotations

import json
import time
from collections import Counter


def test_every_message_is_received_once_by_eight_consumers(seamed, at_once):
    url = seamed.queue("q")
    for n in range(80):
        seamed.sqs.send_message(QueueUrl=url, MessageBody=str(n))
    seen: Counter[str] = Counter()

    def consume(n):
        while messages := seamed.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=3).get(
            "Messages"
        ):
            for message in messages:
                seen[message["Body"]] += 1
                seamed.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    at_once(consume, 8)
    assert seen == Counter(str(n) for n in range(80))
    found = seamed.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert found["ApproximateNumberOfMessages"] == "0"
    assert found["ApproximateNumberOfMessagesNotVisible"] == "0"


def test_sending_and_receiving_race(seamed, at_once):
    url = seamed.queue("q")
    seen: list[str] = []

    def work(n):
        if n % 2:
            seamed.sqs.send_message(QueueUrl=url, MessageBody=str(n))
            return
        for message in seamed.sqs.receive_message(QueueUrl=url).get("Messages", ()):
            seen.append(message["Body"])
            seamed.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    at_once(work, 80)
    while messages := seamed.sqs.receive_message(QueueUrl=url).get("Messages"):
        seen += [m["Body"] for m in messages]
    assert Counter(seen) == Counter(str(n) for n in range(80) if n % 2)


def test_a_message_in_hand_is_hidden_and_comes_back(seamed):
    url = seamed.queue("q", VisibilityTimeout="30")
    seamed.sqs.send_message(QueueUrl=url, MessageBody="x")
    [message] = seamed.sqs.receive_message(QueueUrl=url)["Messages"]
    assert "Messages" not in seamed.sqs.receive_message(QueueUrl=url)
    how = {"QueueUrl": url, "ReceiptHandle": message["ReceiptHandle"]}
    seamed.sqs.change_message_visibility(VisibilityTimeout=0, **how)
    [again] = seamed.sqs.receive_message(QueueUrl=url, AttributeNames=["All"])["Messages"]
    assert again["Attributes"]["ApproximateReceiveCount"] == "2"


def test_a_message_that_was_received_too_often_goes_to_the_dead_letters(seamed):
    dead = seamed.queue("dead")
    policy = {"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:dead",
              "maxReceiveCount": 2}  # fmt: skip
    url = seamed.queue("q", RedrivePolicy=json.dumps(policy), VisibilityTimeout="0")
    seamed.sqs.send_message(QueueUrl=url, MessageBody="x")
    for _ in range(2):
        assert seamed.sqs.receive_message(QueueUrl=url)["Messages"]
        time.sleep(0.01)
    assert "Messages" not in seamed.sqs.receive_message(QueueUrl=url)
    assert seamed.sqs.receive_message(QueueUrl=dead)["Messages"][0]["Body"] == "x"


def test_who_waits_is_woken_by_a_message_and_holds_up_nobody(seamed, at_once):
    url = seamed.queue("q")

    def work(n):
        if n:
            time.sleep(0.1)
            return seamed.sqs.send_message(QueueUrl=url, MessageBody="x")
        return seamed.sqs.receive_message(QueueUrl=url, WaitTimeSeconds=5)

    received, _ = at_once(work, 2)
    assert len(received["Messages"]) == 1


def test_the_wait_at_an_empty_queue_ends(seamed):
    url = seamed.queue("q")
    assert "Messages" not in seamed.sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)
