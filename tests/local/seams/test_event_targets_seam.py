"""EventBridge: what a rule matches reaches its queues, and PutEvents never fails for it."""

from __future__ import annotations

import json

import pytest

QUEUE = "arn:aws:sqs:us-east-1:123456789012:"


def rule(seamed, *targets, name="rule", pattern=None, **how):
    seamed.events.put_rule(
        Name=name, EventPattern=json.dumps(pattern or {"detail-type": ["lead.created"]}), **how
    )
    seamed.events.put_targets(
        Rule=name, Targets=[{"Id": str(n), **target} for n, target in enumerate(targets)]
    )


def publish(seamed, detail=None, kind="lead.created", **more):
    entry = {"Source": "millrace.crm", "DetailType": kind, "Detail": json.dumps(detail or {})}
    return seamed.events.put_events(Entries=[{**entry, **more}])


def test_a_matching_event_reaches_its_queue_whole(seamed):
    rule(seamed, {"Arn": QUEUE + "a", "DeadLetterConfig": {"Arn": QUEUE + "dead"}})
    answer = publish(seamed, {"id": 7})
    publish(seamed, kind="lead.lost")
    assert answer["FailedEntryCount"] == 0
    [(arn, body, dead_letters)] = seamed.delivered
    assert (arn, dead_letters) == (QUEUE + "a", QUEUE + "dead")
    event = json.loads(body)
    assert event["id"] == answer["Entries"][0]["EventId"]
    assert event["account"] == "123456789012"
    assert event["region"] == "us-east-1"
    assert (event["source"], event["detail-type"]) == ("millrace.crm", "lead.created")
    assert event["detail"] == {"id": 7}
    assert len(event["time"]) == len("2026-01-01T00:00:00Z")
    assert set(event) == {
        "version", "id", "detail-type", "source", "account", "time", "region", "resources",
        "detail",
    }  # fmt: skip


def test_a_given_time_is_kept(seamed):
    rule(seamed, {"Arn": QUEUE + "a"})
    publish(seamed, Time="2026-03-04T05:06:07Z")
    assert json.loads(seamed.delivered[0][1])["time"] == "2026-03-04T05:06:07Z"


def test_input_input_path_and_transformer_shape_the_message(seamed):
    transformer = {"InputPathsMap": {"id": "$.detail.id"}, "InputTemplate": '{"lead": "<id>"}'}
    rule(
        seamed,
        {"Arn": QUEUE + "fixed", "Input": '{"fixed": 1}'},
        {"Arn": QUEUE + "path", "InputPath": "$.detail"},
        {"Arn": QUEUE + "deep", "InputPath": "$.detail.id"},
        {"Arn": QUEUE + "transformed", "InputTransformer": transformer},
    )
    publish(seamed, {"id": "x"})
    bodies = {arn.rpartition(":")[2]: json.loads(body) for arn, body, _ in seamed.delivered}
    assert bodies == {"fixed": {"fixed": 1}, "path": {"id": "x"}, "deep": "x",
                      "transformed": {"lead": "x"}}  # fmt: skip


@pytest.mark.parametrize("bad", ["lambda:us-east-1:123456789012:function:f",
                                 "states:us-east-1:123456789012:stateMachine:m",
                                 "sns:us-east-1:123456789012:t"])  # fmt: skip
def test_a_target_that_cannot_be_reached_stops_no_other(seamed, bad, caplog):
    rule(seamed, {"Arn": f"arn:aws:{bad}"}, {"Arn": QUEUE + "a"}, name="first")
    rule(seamed, {"Arn": QUEUE + "b"}, name="second")
    assert publish(seamed)["FailedEntryCount"] == 0
    assert [arn for arn, _, _ in seamed.delivered] == [QUEUE + "a", QUEUE + "b"]
    assert f"arn:aws:{bad}" in caplog.text


def test_a_queue_that_raises_stops_no_other(seamed, caplog):
    seamed.refused.add(QUEUE + "gone")
    rule(seamed, {"Arn": QUEUE + "gone"}, {"Arn": QUEUE + "a"})
    assert publish(seamed)["FailedEntryCount"] == 0
    assert [arn for arn, _, _ in seamed.delivered] == [QUEUE + "a"]
    assert QUEUE + "gone" in caplog.text


def test_a_disabled_rule_sends_nothing(seamed):
    rule(seamed, {"Arn": QUEUE + "a"}, State="DISABLED")
    publish(seamed)
    assert seamed.delivered == []


def test_an_archive_keeps_what_it_should(seamed):
    bus = seamed.events.describe_event_bus()["Arn"]
    seamed.events.create_archive(ArchiveName="all", EventSourceArn=bus)
    publish(seamed)
    assert seamed.events.describe_archive(ArchiveName="all")["EventCount"] == 1


def test_many_threads_publish(seamed, at_once):
    rule(seamed, {"Arn": QUEUE + "a"}, {"Arn": "arn:aws:sns:us-east-1:123456789012:t"})
    at_once(lambda n: publish(seamed, {"n": n}), 32)
    assert {json.loads(body)["detail"]["n"] for _, body, _ in seamed.delivered} == set(range(32))
    assert len(seamed.delivered) == 32


@pytest.mark.parametrize(
    ("pattern", "detail", "matches"),
    [
        ({"a": [True]}, {"a": True}, True),
        ({"a": [True]}, {"a": 1}, False),
        ({"a": [1]}, {"a": True}, False),
        ({"a": [1]}, {"a": 1.0}, False),
        ({"a": [False]}, {"a": [False]}, True),
        ({"a": [{"anything-but": [1]}]}, {"a": True}, True),
        ({"a": [{"numeric": [">", 0]}]}, {"a": True}, False),
        ({"items": {"sku": ["x"]}}, {"items": [{"sku": "y"}, {"sku": "x"}]}, True),
        ({"items": {"sku": ["z"]}}, {"items": [{"sku": "y"}, {"sku": "x"}]}, False),
        ({"items": {"sku": ["x"], "n": [2]}}, {"items": [{"sku": "x", "n": 1}, {"n": 2}]}, False),
        ({"items": {"sku": [{"exists": False}]}}, {"items": [{"n": 1}]}, True),
        ({"a": {"b": [{"prefix": "x"}]}}, {"a": {"b": ["y", "xz"]}}, True),
        ({"a": ["x"]}, {"a": ["x", {"b": 1}]}, True),
        ({"$or": [{"a": [1]}, {"b": [2]}]}, {"b": 2}, True),
        ({"a": [None]}, {"a": None}, True),
    ],
)
def test_patterns(seamed, pattern, detail, matches):
    rule(seamed, {"Arn": QUEUE + "a"}, pattern={"detail": pattern})
    publish(seamed, detail)
    assert bool(seamed.delivered) is matches
