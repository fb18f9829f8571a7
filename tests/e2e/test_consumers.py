"""Durable consumers on the running platform: the event log, and the leads by day."""

from __future__ import annotations

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
    assert names == ["event_log", "lead_days"]
