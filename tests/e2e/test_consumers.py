"""Durable consumers on the running platform: the event log, and the leads by day."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

pytestmark = pytest.mark.xdist_group("faults")


def _columns(running):
    return running.get("/reports/leads/")["columns"]


def test_the_log_keeps_what_happened_and_the_days_count_it(running):
    lead = running.create(name="Counted")
    moved = f"{running.url}/leads/{lead['id']}/status/"
    assert running.http.put(moved, json={"status": "Proposal sent"}).ok
    running.eventually(lambda: _columns(running).get("Proposal sent") == 1)
    assert _columns(running)["Interest"] == 0
    (day,) = running.get("/reports/leads/")["days"]
    assert (day["created"], day["entered"]) == (1, {"Interest": 1, "Proposal sent": 1})

    def logged():
        found = running.get("/events/", params={"type": "lead.status_changed"})["events"]
        return [event["data"]["new_status"] for event in found]

    assert running.eventually(logged) == ["Proposal sent"]
    of_lead = running.get("/events/", params={"entity": f"lead/{lead['id']}"})["events"]
    assert {"lead.created", "lead.status_changed"} <= {event["type"] for event in of_lead}
    names = [one["name"] for one in running.get("/events/consumers/")["consumers"]]
    assert names == ["event_log", "lead_days", "user_triggers", "webhooks"]


TABLES = (
    "CrmTable", "InboxTable", "ExecutionsTable", "QuarantineTable", "EventLogTable",
    "ProjectionsTable", "IdentityTable",
)  # fmt: skip


def _rows(running) -> dict[tuple[str, str, str], str]:
    """Everything that is kept, but for replays, figures, and units that requests cost."""
    found = {}
    for name in TABLES:
        table = running.platform.table(name)
        for page in running.aws("dynamodb").get_paginator("scan").paginate(TableName=table):
            for item in page["Items"]:
                key = (name, item["pk"]["S"], item.get("sk", {}).get("S", ""))
                if not key[1].endswith(("#replays", "#figures")) and "#rate#" not in key[1]:
                    found[key] = json.dumps(item, sort_keys=True)
    return found


def _own(key: tuple[str, str, str]) -> bool:
    """Whether a row is the consumer `lead_days`'s."""
    return key[0] == "ProjectionsTable" or "#inbox#lead_days#" in key[1]


def _forget(running, rows) -> None:
    """Takes away all that the consumer ever wrote, as if it were new."""
    for table, pk, sk in filter(_own, rows):
        key = {"pk": {"S": pk}} | ({"sk": {"S": sk}} if sk else {})
        running.aws("dynamodb").delete_item(TableName=running.platform.table(table), Key=key)


def _replay(running, **body):
    now = datetime.now(UTC)
    window = {"since": now - timedelta(hours=1), "until": now + timedelta(seconds=1)}
    told = {name: moment.isoformat() for name, moment in window.items()} | body
    answer = running.http.post(f"{running.url}/events/replays/", json=told, timeout=30)
    assert answer.status_code == 202, answer.text
    path = f"/events/replays/{answer.json()['id']}/"
    return running.eventually(lambda: _over(running.get(path)), seconds=90)


def _over(replay):
    return replay if replay["status"] != "running" else None


def _settled(running, wanted):
    """The rows, once those of the consumer are as many as wanted."""
    return running.eventually(
        lambda: rows if len(set(filter(_own, rows := _rows(running)))) >= wanted else None
    )


def _but_times(rows):
    return {key: re.sub(r'"expires_at": {"N": "\d+"}', "", row) for key, row in rows.items()}


def _heard(running):
    """How many events the log has that the consumer hears."""
    kinds = ("lead.created", "lead.status_changed", "lead.deleted")
    pages = (running.get("/events/", params={"type": kind, "limit": 200}) for kind in kinds)
    return sum(len(page["events"]) for page in pages)


def test_a_replay_changes_only_what_its_consumer_owns_and_a_second_one_nothing(running):
    earlier = _heard(running)
    for number in range(3):
        lead = running.create(name=f"Replayed {number}")
        running.eventually(lambda: running.completed(lead["id"]))  # noqa: B023
        moved = f"{running.url}/leads/{lead['id']}/status/"
        assert running.http.put(moved, json={"status": "Meeting booked"}).ok
    running.eventually(lambda: _columns(running).get("Meeting booked") == 3)
    running.eventually(lambda: not running.get("/events/quarantine/")["entries"])
    # Three leads with two events each, beside what this platform had before them.
    heard = running.eventually(lambda: count if (count := _heard(running)) >= earlier + 6 else None)
    before = _rows(running)
    _forget(running, before)
    others = {key: row for key, row in _rows(running).items() if not _own(key)}

    first = _replay(running, consumer="lead_days")
    after = _settled(running, len(set(filter(_own, before))))
    assert {key: row for key, row in after.items() if not _own(key)} == others
    assert _but_times(after) == _but_times(before)

    second = _replay(running, consumer="lead_days")
    queue = running.platform.deployment.name("LeadDaysConsumerQueue")
    running.eventually(lambda: _empty(running, queue))
    assert _rows(running) == after
    assert first["sent"] == second["sent"] == heard
    assert first["passed"] == second["passed"] >= 3


def _empty(running, queue):
    sqs = running.aws("sqs")
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return not any(int(told[name]) for name in names)
