"""Queues under threads, rules to queues, and state that survives a restart."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

from local import state
from local.provision.clients import aws


def test_each_message_reaches_one_consumer(local):
    url = aws("sqs").create_queue(QueueName="q")["QueueUrl"]
    for number in range(60):
        aws("sqs").send_message(QueueUrl=url, MessageBody=str(number))

    def consume(_):
        seen = []
        while found := aws("sqs").receive_message(QueueUrl=url).get("Messages"):
            for message in found:
                seen.append(message["Body"])
                aws("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return seen

    with ThreadPoolExecutor(6) as pool:
        bodies = [b for part in pool.map(consume, range(6)) for b in part]
    assert sorted(map(int, bodies)) == list(range(60))


def test_a_message_that_arrives_ends_the_wait(local):
    url = aws("sqs").create_queue(QueueName="q")["QueueUrl"]
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(aws("sqs").receive_message, QueueUrl=url, WaitTimeSeconds=10)
        aws("sqs").send_message(QueueUrl=url, MessageBody="x")
        assert waiting.result(timeout=5)["Messages"][0]["Body"] == "x"


def _rule(**target):
    aws("events").create_event_bus(Name="b")
    aws("events").put_rule(
        Name="r", EventBusName="b", EventPattern=json.dumps({"detail-type": ["x"]})
    )
    arn = "arn:aws:sqs:us-east-1:123456789012:q"
    targets = [{"Id": "1", "Arn": arn, **target}]
    aws("events").put_targets(Rule="r", EventBusName="b", Targets=targets)


def _put(kind="x"):
    entry = {"EventBusName": "b", "Source": "s", "DetailType": kind, "Detail": '{"a": {"b": 1}}'}
    return aws("events").put_events(Entries=[entry])["Entries"][0]["EventId"]


def test_what_a_rule_matches_goes_to_its_queue_whole(local):
    _rule(DeadLetterConfig={"Arn": "dead"})
    event_id = _put()
    _put("other")
    ((arn, body, dead),) = local.delivered
    event = json.loads(body)
    assert (arn.rpartition(":")[2], dead, event["id"]) == ("q", "dead", event_id)
    assert (event["account"], event["detail"]) == ("123456789012", {"a": {"b": 1}})
    assert event["time"].endswith("Z")


def test_a_target_may_change_what_it_gets(local):
    _rule(Input='{"fixed": 1}')
    _put()
    transformer = {"InputPathsMap": {"b": "$.detail.a.b"}, "InputTemplate": '{"b": <b>}'}
    arn = "arn:aws:sqs:us-east-1:123456789012:q"
    target = {"Id": "1", "Arn": arn, "InputTransformer": transformer}
    aws("events").put_targets(Rule="r", EventBusName="b", Targets=[target])
    _put()
    assert [json.loads(d[1]) for d in local.delivered] == [{"fixed": 1}, {"b": 1}]


def test_tables_and_queues_survive_in_one_picture(local, table):
    aws("sqs").create_queue(QueueName="q")
    url = aws("sqs").create_queue(QueueName="gone")["QueueUrl"]
    table.put_item(TableName="t", Item={"pk": {"S": "a"}, "sk": {"S": "b"}, "n": {"N": "1.5"}})
    q = aws("sqs").get_queue_url(QueueName="q")["QueueUrl"]
    for body in ("1", "2"):
        aws("sqs").send_message(QueueUrl=q, MessageBody=body)
    aws("sqs").receive_message(QueueUrl=q)
    saved = state.dump()
    before = state.change_count()
    table.delete_item(TableName="t", Key={"pk": {"S": "a"}, "sk": {"S": "b"}})
    assert state.change_count() > before
    aws("sqs").delete_queue(QueueUrl=url)
    aws("sqs").delete_queue(QueueUrl=q)
    aws("sqs").create_queue(QueueName="q")
    local.records.clear()
    assert state.load(saved) == ["gone"]
    assert local.records == []
    assert table.scan(TableName="t")["Items"][0]["n"] == {"N": "1.5"}
    found = aws("sqs").receive_message(
        QueueUrl=q, MaxNumberOfMessages=10, AttributeNames=["ApproximateReceiveCount"]
    )["Messages"]
    counts = {m["Body"]: m["Attributes"]["ApproximateReceiveCount"] for m in found}
    assert counts == {"1": "2", "2": "1"}
