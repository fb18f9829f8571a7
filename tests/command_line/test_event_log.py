"""Events over the API: the log, publishing, replays, a lead from its events, the quarantine."""

from __future__ import annotations

import json

from shared.events import Event
from shared.events.log import log_write
from shared.events.quarantine import Quarantine
from tests.unit.events.test_quarantine import ENTRY


def _json(result):
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def _logged(served):
    event = Event("lead.qualified", {"lead_id": "1", "score": 1}, tenant="acme")
    served.tables.transact([log_write("event_log", "acme", event)])
    return event


def test_the_log_and_its_window(served, millrace):
    event = _logged(served)
    told = ["events", "log", "--url", served.url, "--json"]
    assert [e["id"] for e in _json(millrace(*told, "--since", "1h"))["events"]] == [event.id]
    assert _json(millrace(*told, "--type", "lead.rejected"))["events"] == []
    assert millrace(*told, "--since", "yesterday").exit_code == 2
    assert "lead.qualified" in millrace("events", "log", "--url", served.url).stdout


def test_the_consumers_there_are(served, millrace):
    assert "lead_days" in millrace("events", "consumers", "--url", served.url).stdout


def test_publishing_says_what_is_refused(served, millrace):
    told = ["--url", served.url, "--json"]
    made = _json(millrace("events", "publish", "process_lead", "--data", '{"name": "A"}', *told))
    assert made["type"] == "process_lead"
    refused = millrace("events", "publish", "lead.created", *told)
    assert refused.exit_code == 1
    assert "Millrace's alone" in refused.stderr


def test_a_replay_is_started_looked_at_and_cancelled(served, millrace):
    told = ["--url", served.url, "--json"]
    made = _json(millrace("events", "replay", "lead_days", "--no-wait", *told))
    assert made["status"] == "running"
    assert _json(millrace("events", "replays", *told))["replays"] == [made]
    assert _json(millrace("events", "replays", made["id"], *told)) == made
    ended = _json(millrace("events", "replays", made["id"], "--cancel", *told))
    assert ended["status"] == "cancelled"
    assert millrace("events", "replays", made["id"], "--resume", *told).exit_code == 1
    assert millrace("events", "replays", "--cancel", *told).exit_code == 2
    assert millrace("events", "replay", "nobody", *told).exit_code == 1


def test_a_lead_is_rebuilt_and_a_difference_ends_with_one(served, millrace):
    from shared.crm.lead import NewLead
    from shared.crm.leads import Leads
    from tests.property.test_rebuilding import WHO

    assert millrace("events", "rebuild", "deal", "1", "--url", served.url).exit_code == 2
    lead = Leads(served.tables, "crm", "inbox").create(WHO, NewLead(name="Jane"))
    done = millrace("events", "rebuild", "lead", lead.id, "--url", served.url)
    assert (done.exit_code, json.loads(done.stdout)["name"]) == (0, "Jane")
    served.tables.items["crm", f"acme#lead#{lead.id}", "state"]["name"] = "Forged"
    done = millrace("events", "rebuild", "lead", lead.id, "--url", served.url)
    assert (done.exit_code, "differ in name" in done.stderr) == (1, True)


def test_many_entries_by_their_consumer(served, millrace):
    Quarantine(served.tables, "quarantine").add(ENTRY)
    told = ["--url", served.url, "--json"]
    by = ["--consumer", ENTRY.consumer]
    assert _json(millrace("quarantine", "redrive", *by, "--error", "no such", *told))["done"] == 0
    assert _json(millrace("quarantine", "discard", *by, *told))["done"] == 1
    assert millrace("quarantine", "discard", *told).exit_code == 2
