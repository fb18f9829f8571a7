"""Quarantine, as operators see it over the API and as consumers fill it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from shared.events.quarantine import NotInQuarantineError, Quarantine, Quarantined
from tests.fakes.ports import MemoryQueues
from tests.fakes.tables import MemoryTables

ENTRY = Quarantined(
    id="e1:lead_pipeline", tenant="acme", event_id="e1", event_type="lead.created",
    consumer="lead_pipeline", node="analyze", error="ValueError: no", attempts=5,
    at="2026-01-01T00:00:00Z", queue_url="http://q", body="{}",
)  # fmt: skip


@pytest.fixture
def quarantine():
    made = Quarantine(MemoryTables(), "quarantine")
    made.add(ENTRY)
    return made


def test_an_event_that_is_given_up_is_counted(capsys, monkeypatch):
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "lead_pipeline")
    Quarantine(MemoryTables(), "quarantine").add(ENTRY)
    line, flow = map(json.loads, capsys.readouterr().out.splitlines())
    (told,) = line["_aws"]["CloudWatchMetrics"]
    assert (told["Namespace"], told["Dimensions"]) == ("Millrace", [["service"]])
    assert (line["service"], line["Quarantined"]) == ("lead_pipeline", [1.0])
    assert (flow["EventsDead"], flow["consumer"]) == ([1.0], ENTRY.consumer)


def test_redrive_sends_the_message_once(quarantine):
    queues = MemoryQueues()
    assert quarantine.redrive("acme", ENTRY.id, queues.send).status == "redriven"
    assert queues.sent == [("http://q", "{}")]
    with pytest.raises(NotInQuarantineError, match="redriven"):
        quarantine.redrive("acme", ENTRY.id, queues.send)
    assert len(queues.sent) == 1


def test_a_second_failure_is_in_quarantine_again(quarantine):
    queues = MemoryQueues()
    quarantine.redrive("acme", ENTRY.id, queues.send)
    quarantine.add(ENTRY)
    assert quarantine.redrive("acme", ENTRY.id, queues.send)


def test_a_consumer_that_fails_again_at_once_leaves_the_event_in_quarantine(quarantine):
    def send(url, body):
        quarantine.add(replace(ENTRY, at="2026-01-01T00:00:09Z"))

    assert quarantine.redrive("acme", ENTRY.id, send).status == "redriven"
    assert quarantine.get("acme", ENTRY.id).status == "quarantined"


def test_discard(quarantine):
    assert quarantine.discard("acme", ENTRY.id).status == "discarded"
    assert quarantine.get("acme", ENTRY.id).status == "discarded"


def test_another_tenant_sees_nothing(quarantine):
    assert quarantine.page("other", limit=9)[0] == []
    for act in (quarantine.discard, quarantine.get):
        with pytest.raises(NotInQuarantineError):
            act("other", ENTRY.id)


def test_newest_first(quarantine):
    quarantine.add(replace(ENTRY, id="e2:x", event_id="e2"))
    assert [e.event_id for e in quarantine.page("acme", limit=9)[0]] == ["e2", "e1"]
