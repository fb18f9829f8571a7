"""What may go on the bus, and what is too large for it."""

from __future__ import annotations

import pytest

from shared.events import Event, EventBus, InMemoryEventBackend
from shared.events.catalog.registry import InvalidEventDataError, UnknownEventTypeError, lookup
from shared.events.claims import Claims, EventTooLargeError, LostDataError, WrongClaimError
from shared.events.envelope import from_wire
from shared.events.strict import (
    StrictEventBackend,
    UnknownEventVersionError,
    UnknownTopicError,
)
from tests.fakes.ports import MemoryBlobs

LARGE = {**lookup("lead.created").sample, "notes": "é" * 150_000}


@pytest.fixture
def bus():
    return EventBus(StrictEventBackend(InMemoryEventBackend()))


@pytest.fixture
def blobs():
    return MemoryBlobs()


@pytest.mark.parametrize(
    ("event", "error", "told"),
    [
        (Event("lead.enlarged", {}), UnknownEventTypeError, "lead.enlarged"),
        (Event("lead.deleted", {"lead_id": "1"}), InvalidEventDataError, "name: Field required"),
        (Event("lead.qualified", {"lead_id": "1", "score": "x"}), InvalidEventDataError, "score"),
        (Event("lead.deleted", {"lead_id": "1", "name": "J", "x": 1}), InvalidEventDataError, "x"),
        (
            Event("lead.deleted", {"lead_id": "1", "name": "J"}, version=2),
            UnknownEventVersionError,
            "has no version 2; publish version 1",
        ),
        (
            Event("lead.deleted", {"lead_id": "1", "name": "J"}, topics=("leads", "leds")),
            UnknownTopicError,
            "no topic 'leds'; known are .*leads",
        ),
        (Event("lead.created", LARGE, tenant="t1"), EventTooLargeError, "160,000 are allowed"),
        (
            Event("lead.deleted", {"lead_id": "1", "name": "J"}, {"at": object()}),
            InvalidEventDataError,
            "not JSON serializable",
        ),
    ],
)
def test_what_is_refused_is_published_nowhere(bus, event, error, told):
    seen = []
    for topic in ("leads", "lead", "leds"):
        bus.subscribe(topic, seen.append)
    with pytest.raises(error, match=told):
        bus.publish(event)
    assert seen == []
    assert bus.backend._backend.get_events() == []


def test_topics_of_a_publication_are_checked_too(bus):
    with pytest.raises(UnknownTopicError, match="'leds'"):
        bus.publish(Event("lead.deleted", {"lead_id": "1", "name": "J"}), topics=["leds"])
    assert bus.backend._backend.get_events() == []


def test_an_alias_is_published_under_the_types_own_name():
    memory = InMemoryEventBackend()
    EventBus(StrictEventBackend(memory)).publish(
        Event("business_lead_created", lookup("lead.created").sample)
    )
    (event,) = memory.get_events()
    assert (event.event_type, event.topics) == ("lead.created", ("leads",))


def test_large_data_stays_behind_and_comes_back(blobs):
    memory = InMemoryEventBackend()
    claims = Claims(blobs)
    backend = StrictEventBackend(memory, claims)
    for _ in range(2):
        backend.publish(Event("lead.created", LARGE, tenant="t1"))
    event = from_wire(memory.get_events()[0].to_wire())
    assert len(event.to_wire()) < 1_000
    small = {name: value for name, value in LARGE.items() if name != "notes"}
    assert (event.data, len(blobs)) == (small, 1)
    assert event.dataref.startswith("t1/events/")
    whole = claims.redeem(event)
    assert whole.data == LARGE
    assert whole.to_wire() == event.to_wire()


def test_nothing_is_published_when_data_cannot_be_kept():
    class Full(MemoryBlobs):
        def write(self, name, text):
            raise OSError("full")

    memory = InMemoryEventBackend()
    with pytest.raises(OSError, match="full"):
        StrictEventBackend(memory, Claims(Full())).publish(Event("lead.created", LARGE, tenant="t"))
    assert memory.get_events() == []


def test_a_claim_is_of_its_tenant_and_unchanged(blobs):
    memory = InMemoryEventBackend()
    claims = Claims(blobs)
    StrictEventBackend(memory, claims).publish(Event("lead.created", LARGE, tenant="t1"))
    (event,) = memory.get_events()
    other = event.dataref.replace("t1/", "t1/events/../../t2/")
    for tenant, name in (("t2", event.dataref), ("t1", other), ("t1", "t1/events/x")):
        stolen = Event("lead.created", {}, tenant=tenant, dataref=name)
        with pytest.raises(WrongClaimError, match="not of its tenant"):
            claims.redeem(stolen)
    blobs[event.dataref] = "{}"
    with pytest.raises(WrongClaimError, match="was changed"):
        claims.redeem(event)
    del blobs[event.dataref]
    with pytest.raises(LostDataError, match="is gone; restore the object"):
        claims.redeem(event)


def test_an_event_that_is_large_beside_its_data_is_refused(blobs):
    event = Event("lead.created", LARGE, {"note": "x" * 250_000}, tenant="t1")
    with pytest.raises(EventTooLargeError, match="shorten metadata"):
        StrictEventBackend(InMemoryEventBackend(), Claims(blobs)).publish(event)
