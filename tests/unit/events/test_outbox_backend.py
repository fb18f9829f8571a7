"""A bus whose events are written into the outbox, from where the relay takes them."""

from __future__ import annotations

import pytest

from shared.events import (
    EntityRef,
    Event,
    EventBus,
    EventNotPublishedError,
    publish_event,
    set_event_bus,
)
from shared.events.backends.outbox import NotForTheOutboxError, OutboxEventBackend
from shared.events.catalog.registry import InvalidEventDataError, UnknownEventTypeError
from shared.events.outbox import pending
from tests.fakes.tables import MemoryTables

DATA = {"lead_id": "1", "score": 85}


@pytest.fixture
def tables():
    return MemoryTables()


@pytest.fixture
def bus(tables):
    return EventBus(OutboxEventBackend(tables, "crm"))


def waiting(tables):
    return pending(tables, "crm", "9999")


def test_what_is_published_waits_for_the_relay(tables, bus):
    before = set_event_bus(bus)
    try:
        told = publish_event("lead.qualified", DATA, ["leads", "sales"], {"a": 1}, tenant="t1")
    finally:
        set_event_bus(before)
    (event,) = waiting(tables)
    assert (event.id, event.tenant, event.data) == (told.id, "t1", DATA)
    assert (event.topics, event.metadata, event.sequence) == (("leads", "sales"), {"a": 1}, 1)


def test_twice_is_once(tables, bus):
    event = Event("lead.qualified", DATA, tenant="t1")
    bus.publish(event)
    bus.publish(event)
    assert len(waiting(tables)) == 1


@pytest.mark.parametrize(
    ("event", "error", "told"),
    [
        (Event("lead.qualified", DATA), NotForTheOutboxError, "names no tenant"),
        (
            Event("lead.qualified", DATA, tenant="t1", entity=EntityRef("lead", "1")),
            NotForTheOutboxError,
            "commit it with its state",
        ),
        (Event("lead.enlarged", {}, tenant="t1"), UnknownEventTypeError, "lead.enlarged"),
        (Event("lead.qualified", {}, tenant="t1"), InvalidEventDataError, "score"),
    ],
)
def test_what_is_refused_is_written_nowhere(tables, bus, event, error, told):
    seen = []
    bus.subscribe("leads", seen.append)
    with pytest.raises(error, match=told):
        bus.publish(event)
    assert (waiting(tables), seen) == ([], [])


def test_a_table_that_is_away():
    class Away(MemoryTables):
        def transact(self, *args, **how):
            raise ConnectionError("refused")

    bus = EventBus(OutboxEventBackend(Away(), "crm"))
    with pytest.raises(EventNotPublishedError, match="refused"):
        bus.publish(Event("lead.qualified", DATA, tenant="t1"))
