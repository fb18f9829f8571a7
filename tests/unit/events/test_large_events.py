"""Data too large for the bus: left in a bucket at writing, brought back before it is used."""

from __future__ import annotations

import json

import pytest

from shared.consumers.consumer import consumer
from shared.crm.rebuilding import compare
from shared.events import EntityRef, Event
from shared.events.backends.outbox import OutboxEventBackend
from shared.events.claims import Claims, EventTooLargeError, LostDataError, shown
from shared.events.envelope import part
from shared.events.opening import Opener
from shared.events.outbox import Change, commit, event_of, timeline
from shared.pipelines.start import CARRIED, item_of
from tests.fakes.ports import MemoryBlobs
from tests.unit.consumers.world import World

LEAD = EntityRef("lead", "1")
DATA = {"lead_id": "1", "name": "Jane", "status": "Interest", "notes": "ü" * 150_000}
SEEN: list[Event] = []


@consumer(topics=("leads",), filter={"data": {"status": ["Interest"]}})
def whole(event, context):
    SEEN.append(event)


@consumer(thin=True)
def thin(event, context):
    SEEN.append(event)


@consumer(topics=("leads",), ordered=True)
def in_order(event, context):
    SEEN.append(event)


@pytest.fixture
def world():
    SEEN.clear()
    made = World(whole, thin, in_order)
    made.blobs = MemoryBlobs()
    made.claims = Claims(made.blobs)
    for name in ("whole", "in_order"):
        made.open_with(name, Opener(made.claims))
    return made


def _written(world, number=1, kind="lead.created", **more):
    event = Event(kind, {**DATA, **more}, time=world.clock())
    change = Change("acme", LEAD, number - 1, {"id": "1"}, (event,))
    (written,) = commit(world.tables, "crm", change, claims=world.claims)
    return written


def test_the_item_is_small_and_says_where_the_data_is(world):
    written = _written(world)
    (item,) = [one for one in world.tables.all("crm") if "event" in one]
    wire = json.loads(item["event"])
    assert wire["data"] == {"lead_id": "1", "name": "Jane", "status": "Interest"}
    assert wire["dataref"] == written.dataref
    assert list(world.blobs) == [written.dataref]
    assert world.claims.redeem(event_of(item)).data == DATA


def test_a_consumer_gets_the_whole_data_and_its_filter_sees_the_small_fields(world):
    on_the_bus = event_of(world.tables.get("crm", _key(_written(world))))
    assert world.deliver("whole", on_the_bus) == "done"
    assert SEEN[-1].data == DATA
    assert SEEN[-1].to_wire() == on_the_bus.to_wire()
    world.blobs.clear()
    assert world.deliver("thin", on_the_bus) == "done"
    assert SEEN[-1].data == part(DATA)


def test_an_ordered_consumer_that_reads_a_late_event_from_the_timeline_gets_it_whole(world):
    first = _written(world)
    second = _written(world, 2, "lead.updated", changed_fields=["notes"])
    assert world.deliver("in_order", second) == "again"
    assert world.deliver("in_order", second, attempt=2) == "done"
    assert [one.id for one in SEEN] == [first.id, second.id]
    assert [one.data["notes"] for one in SEEN] == [DATA["notes"]] * 2
    parked = [one for one in world.tables.all("projections") if "event" in one]
    assert all(len(one["event"]) < 1_000 for one in parked)


def test_data_that_is_gone_or_changed_is_quarantined_at_once_with_the_reason(world):
    event = _written(world)
    kept = dict(world.blobs)
    world.blobs.clear()
    assert world.deliver("whole", event) == "quarantined"
    (entry,) = world.quarantined()
    assert "is gone; restore the object, then redrive" in entry.error
    assert (entry.tenant, entry.event_id, entry.event_type) == ("acme", event.id, "lead.created")
    world.blobs.update({name: text[:-2] + "}" for name, text in kept.items()})
    assert world.deliver("whole", event) == "quarantined"
    assert "was changed" in world.quarantined()[0].error
    world.blobs.update(kept)
    entry = world.quarantine.redrive("acme", entry.id, world.queues.send)
    assert world.deliver("whole", event) == "done"


def test_a_reference_of_another_tenant_is_refused(world):
    event = _written(world)
    wire = json.loads(event.to_wire()) | {"dataref": event.dataref.replace("acme/", "other/")}
    world.blobs[wire["dataref"]] = world.blobs[event.dataref]
    assert world.deliver_wire("whole", wire) == "quarantined"
    assert "is not of its tenant" in world.quarantined()[0].error
    assert SEEN == []


def test_data_is_checked_when_it_is_there(world):
    event = _written(world)
    bad = json.dumps({"lead_id": "1", "status": "x" * 200_000})
    stolen = world.claims.keep(Event("lead.created", json.loads(bad), tenant="acme"))
    wire = json.loads(event.to_wire()) | {"dataref": stolen.dataref}
    assert world.deliver_wire("in_order", wire) == "quarantined"
    assert "name: Field required" in world.quarantined()[0].error


def test_a_bucket_that_is_away_is_tried_again_then_quarantined(world, monkeypatch):
    event = _written(world)

    def away(name):
        raise ConnectionError("bucket away")

    monkeypatch.setattr(world.blobs, "read", away)
    assert world.deliver("whole", event) == "again"
    assert world.deliver("whole", event, attempt=3) == "quarantined"
    (entry,) = world.quarantined()
    assert (entry.error, entry.event_id) == ("ConnectionError: bucket away", event.id)


def test_nothing_is_written_that_has_no_data(world, monkeypatch):
    def full(name, text):
        raise ConnectionError("bucket away")

    monkeypatch.setattr(world.blobs, "write", full)
    with pytest.raises(ConnectionError):
        _written(world)
    assert world.tables.all("crm") == []


def test_a_transaction_that_fails_shows_nothing_of_it(world):
    _written(world)
    with pytest.raises(Exception, match="changed meanwhile"):
        _written(world, 1, notes="x" * 300_000)
    assert len(timeline(world.tables, "crm", "acme", LEAD, limit=9)[0]) == 1


def test_without_claims_or_over_the_limit_nothing_is_written(world):
    with pytest.raises(EventTooLargeError, match="160,000 are allowed"):
        commit(
            world.tables, "crm",
            Change("acme", LEAD, 0, {"id": "1"}, (Event("lead.created", DATA),)),
        )  # fmt: skip
    with pytest.raises(EventTooLargeError, match="1,000,000 are allowed"):
        _written(world, notes="x" * 1_000_000)
    assert (world.tables.all("crm"), world.blobs) == ([], {})


def test_a_lead_is_rebuilt_from_large_events(world):
    gone = Change("acme", LEAD, 0, None, (Event("lead.created", DATA),))
    commit(world.tables, "crm", gone, claims=world.claims)
    found = compare(world.tables, "crm", "acme", "1", world.claims)
    assert found.rebuilt["notes"] == DATA["notes"]
    world.blobs.clear()
    with pytest.raises(LostDataError):
        compare(world.tables, "crm", "acme", "1", world.claims)


def test_a_list_shows_whole_data_as_far_as_an_answer_goes(world):
    events = [_written(world, n, notes=str(n) * 400_000) for n in (1, 2, 3)]
    listed = shown(events, world.claims)
    assert [one.dataref is None for one in listed] == [True, True, False]
    assert [one.dataref for one in shown(events, None)] == [one.dataref for one in events]


def test_the_outbox_backend_keeps_large_data(world):
    backend = OutboxEventBackend(world.tables, "crm", world.claims)
    event = Event("lead.created", DATA, tenant="acme")
    backend.publish(event)
    backend.publish(event)
    assert len(world.blobs) == 1


def test_a_machine_carries_what_it_can_and_is_told_what_it_does_not():
    event = Event("process_lead", {"name": "Jane", "notes": "ü" * 100_000, "more": "x" * 90_000})
    item = item_of(event, "acme", "lead_pipeline")
    assert set(item["data"]) == {"name", "more"}
    assert item["context"]["left_out"] == ["notes"]
    assert len(json.dumps(item)) < CARRIED + 1_000
    assert "left_out" not in item_of(Event("a", {"x": 1}), "t", "p")["context"]


def _key(event):
    return {
        "pk": f"acme#{event.entity.kind}#{event.entity.id}",
        "sk": f"event#{event.sequence:012d}",
    }
