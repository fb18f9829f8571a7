"""What the bus does not carry: data too large for it, and what is personal in the open."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.xdist_group("faults")

NOTES = "They wrote: «übermorgen». " * 12_000
"""More than 300 KB."""


def _published(running, **data):
    body = {"type": "process_lead", "data": {"name": "Jane", **data}}
    answer = running.http.post(f"{running.url}/events/", json=body, timeout=30)
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


def _logged(running, event_id, kind="process_lead", **params):
    wanted = {"type": kind, "limit": 200, "personal": True} | params
    found = running.get("/events/", params=wanted)["events"]
    return next((one for one in found if one["id"] == event_id), None)


def _run(running, event_id):
    return running.eventually(lambda: running.get(f"/trace/{event_id}/")["steps"][0]["runs"])


def test_a_large_event_goes_through_its_pipeline_and_the_log(running):
    event_id = _published(running, email="jane@example.com", notes=NOTES)
    logged = running.eventually(lambda: _logged(running, event_id))
    assert logged["data"]["notes"] == NOTES
    assert [run["status"] for run in _run(running, event_id)] == ["completed"]
    table = running.platform.table("EventLogTable")
    rows = running.aws("dynamodb").scan(TableName=table)["Items"]
    (row,) = [one for one in rows if one["sk"]["S"].endswith(event_id)]
    assert len(row["event"]["S"]) < 2_000
    assert running.get("/events/quarantine/")["entries"] == []


def test_a_list_shows_what_is_left_of_an_event_whose_data_is_gone(running):
    s3 = running.aws("s3")
    (bucket,) = [b["Name"] for b in s3.list_buckets()["Buckets"] if "events" in b["Name"]]
    event_id = _published(running, email="joe@example.com", notes=NOTES)
    running.eventually(lambda: _logged(running, event_id))
    _run(running, event_id)
    newest = max(s3.list_objects_v2(Bucket=bucket)["Contents"], key=lambda o: o["LastModified"])
    s3.delete_object(Bucket=bucket, Key=newest["Key"])
    shown = _logged(running, event_id)
    assert (shown["data"]["name"], "notes" in shown["data"]) == ("Jane", False)
    assert shown["dataref"] == newest["Key"]


def _on_the_bus(running):
    """Everything that a rule of everybody's brings, put into a queue of our own."""
    sqs, events = running.aws("sqs"), running.aws("events")
    url = sqs.create_queue(QueueName="overheard")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]["QueueArn"]
    everything = json.dumps({"source": [{"prefix": ""}]})
    events.put_rule(Name="overhear", EventBusName="millrace", EventPattern=everything)
    target = {"Id": "1", "Arn": arn}
    events.put_targets(Rule="overhear", EventBusName="millrace", Targets=[target])

    def heard():
        found = []
        while got := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in got:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            found += [message["Body"] for message in got]
        return found

    return heard


def test_nothing_personal_is_on_the_bus_or_in_the_log_in_the_open(running):
    heard = _on_the_bus(running)
    lead = running.create(name="Sigrid Undset", email="sigrid@example.no", phone="+47 22 00 00 00")
    result = running.eventually(lambda: running.completed(lead["id"]))
    assert result[0]["data"]["trace"], "its pipeline worked with it"
    entry = running.events(lead["id"])[0]
    assert entry["data"]["email"] == "sigrid@example.no"

    bodies = running.eventually(heard)
    assert any(lead["id"] in body for body in bodies)
    table = running.platform.table("EventLogTable")
    logged = running.eventually(
        lambda: [
            row["event"]["S"]
            for row in running.aws("dynamodb").scan(TableName=table)["Items"]
            if lead["id"] in str(row)
        ]
    )
    for text in (*bodies, *logged):
        assert "sigrid" not in text.lower()

    open_, hidden = (
        _logged(running, entry["id"], "lead.created", personal=asked) for asked in (True, False)
    )
    assert open_["data"] == entry["data"]
    assert (hidden["data"]["email"], hidden["data"]["status"]) == ("[personal]", "Interest")
