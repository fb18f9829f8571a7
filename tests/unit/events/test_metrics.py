"""How events flow, as figures."""

from __future__ import annotations

import asyncio
import json

import pytest

from shared.events import Event, EventBus, InMemoryEventBackend
from shared.events.backends import EventBackend, EventNotPublishedError
from shared.events.backends.monitored import MonitoredEventBackend
from shared.events.metrics import MOST, EmfMetrics, Flow, Outcome, Tally
from shared.platform.metrics import FLOW


class Down(EventBackend):
    def publish(self, event, topics=None):
        raise EventNotPublishedError("down")


@pytest.fixture
def tally():
    return Tally()


def counts(tally):
    return {
        (row["event_type"], row["topic"], row["consumer"], outcome): row[outcome]
        for row in tally.view()
        for outcome in map(str, Outcome)
        if row[outcome]
    }


def test_a_backend_is_counted_per_type_and_topic(tally):
    backend = MonitoredEventBackend(InMemoryEventBackend(), tally)
    for _ in range(2):
        backend.publish(Event("lead.qualified", {}), ["leads", "board"])
    assert counts(tally) == {
        ("lead.qualified", "board", "InMemoryEventBackend", "published"): 2,
        ("lead.qualified", "leads", "InMemoryEventBackend", "published"): 2,
    }
    assert all(row["mean_seconds"] >= 0 for row in tally.view())


def test_a_backend_that_refuses_is_counted_and_its_error_goes_on(tally):
    with pytest.raises(EventNotPublishedError):
        MonitoredEventBackend(Down(), tally, name="outbox").publish(Event("x", {}))
    assert counts(tally) == {("x", "default", "outbox", "failed"): 1}


def test_subscribers_are_counted_by_name(tally):
    def sound(event):
        """Does nothing."""

    async def broken(event):
        raise ValueError("no")

    bus = EventBus(metrics=tally)
    bus.subscribe("leads", sound)
    bus.subscribe("leads", broken)
    bus.publish(Event("lead.qualified", {}))

    async def inside():
        bus.publish(Event("lead.qualified", {}))
        await bus.settled()

    asyncio.run(inside())
    test = "test_subscribers_are_counted_by_name.<locals>."
    assert counts(tally) == {
        ("lead.qualified", "leads", f"{test}sound", "delivered"): 2,
        ("lead.qualified", "leads", f"{test}broken", "failed"): 2,
    }


def test_rows_are_bounded(tally):
    for number in range(MOST + 3):
        tally.record(Outcome.DEAD, f"t{number}", "a", "b")
    assert tally.rows()[Flow("other", "other", "other")].counts[Outcome.DEAD] == 3


def test_latencies_are_counted_in_classes(tally):
    for seconds in (0.0005, 0.001, 0.002, 100):
        tally.record(Outcome.DELIVERED, "t", "a", "b", seconds)
    (row,) = tally.rows().values()
    assert row.classes == [2, 1, 0, 0, 0, 0, 0, 0, 1]


def test_a_line_of_the_log_holds_count_and_latency(capsys):
    EmfMetrics().record(Outcome.DELIVERED, "lead.created", "leads", "lead_pipeline", 0.25)
    EmfMetrics().record(Outcome.DEAD, "lead.created", "leads", "lead_pipeline")
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first["EventsDelivered"] == [1.0]
    assert first["EventLatency"] == [250.0]
    assert (first["event_type"], first["topic"], first["consumer"]) == (
        "lead.created", "leads", "lead_pipeline",
    )  # fmt: skip
    (told,) = second["_aws"]["CloudWatchMetrics"]
    assert told["Namespace"] == "Millrace"
    assert told["Dimensions"] == [FLOW.split(",")]
