"""What the bus does not carry: data too large for it."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.xdist_group("faults")

NOTES = "They wrote: «übermorgen». " * 12_000
"""More than 300 KB."""


def _published(running, **data):
    body = {"type": "process_lead", "data": {"name": "Jane", **data}}
    answer = running.http.post(f"{running.url}/events/", json=body, timeout=30)
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


def _logged(running, event_id):
    found = running.get("/events/", params={"type": "process_lead", "limit": 200})["events"]
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
