"""What is personal is sealed on the bus, opened for its tenant alone, never shown unasked."""

from __future__ import annotations

import json
import logging
from dataclasses import replace

import pytest

from shared.consumers.consumer import consumer
from shared.consumers.declaration import ConsumerDeclarationError, Declaration
from shared.events import EntityRef, Event
from shared.events.backends.eventbridge import EventBridgeBackend
from shared.events.backends.logging import LoggingEventBackend
from shared.events.catalog import all_types, lookup
from shared.events.claims import Claims
from shared.events.data_keys import KEPT, RENEWED, DataKeys, ForgottenKeyError
from shared.events.envelope import from_wire
from shared.events.opening import Opener
from shared.events.outbox import Change, commit
from shared.events.personal import HIDDEN, redacted, redacted_message
from shared.events.sealing import BrokenSealError, Seals
from shared.events.triggers import seen
from shared.platform.tables import Put
from shared.webhooks.filters import wants
from tests.fakes.ports import MemoryBlobs, MemoryKms
from tests.unit.consumers.world import World

DATA = {"lead_id": "1", "name": "Jane Doe", "email": "jane@example.com", "status": "Interest"}
SEEN: list[Event] = []


@consumer(topics=("leads",), filter={"data": {"status": ["Interest"]}})
def whole(event, context):
    SEEN.append(event)


@consumer(thin=True)
def thin(event, context):
    SEEN.append(event)


@pytest.fixture
def kms():
    return MemoryKms()


@pytest.fixture
def world(kms):
    SEEN.clear()
    made = World(whole, thin)
    made.seals = Seals(DataKeys(made.tables, "identity", kms, made.clock))
    made.open_with("whole", Opener(Claims(MemoryBlobs()), made.seals))
    return made


def _event(**more):
    return Event(
        "lead.created", DATA, tenant="acme", entity=EntityRef("lead", "1"), topics=("leads",),
        sequence=1, **more,
    )  # fmt: skip


def test_the_wire_has_nothing_personal_and_opens_again(world):
    event = _event()
    wire = world.seals.seal(event).to_wire()
    assert "jane" not in wire.lower()
    assert json.loads(wire)["data"] == {"lead_id": "1", "status": "Interest"}
    assert json.loads(wire)["sealed"]["fields"] == ["email", "name"]
    opened = world.seals.open(from_wire(wire))
    assert opened.data == DATA
    assert opened.to_wire() == wire, "written anywhere again it is sealed again"


def test_every_sample_of_the_catalogue_survives(world):
    for kind in all_types():
        event = Event(kind.name, kind.check(kind.sample), tenant="acme")
        sealed = world.seals.seal(event)
        wire = sealed.to_wire()
        for name in kind.personal & event.data.keys():
            assert name not in json.loads(wire)["data"], (kind.name, name)
        assert world.seals.open(from_wire(wire)).data == event.data, kind.name


def test_an_event_without_anything_personal_costs_nothing(world, kms):
    event = Event("lead.qualified", {"lead_id": "1", "score": 1}, tenant="acme")
    assert world.seals.seal(event) is event
    assert world.seals.open(event) is event
    assert kms.asked == []


@pytest.mark.parametrize(
    "change",
    [
        {"id": "another"},
        {"type": "lead.updated"},
        {"tenant": "other"},
        {"sealed": {"fields": ["name"]}},
        {"sealed": {"box": "AAAA"}},
        {"sealed": {"box": "not base64"}},
    ],
)
def test_a_box_is_of_its_event_and_tenant_and_unchanged(world, change):
    world.seals.seal(replace(_event(), tenant="other"))
    wire = json.loads(world.seals.seal(_event()).to_wire())
    changed = change.pop("sealed", {})
    forged = from_wire({**wire, **change, "sealed": {**wire["sealed"], **changed}})
    with pytest.raises((BrokenSealError, ForgottenKeyError)):
        world.seals.open(forged)


def test_the_key_of_another_tenant_opens_nothing(world, kms):
    sealed = world.seals.seal(_event())
    (row,) = world.tables.all("identity")
    stolen = {**row, "pk": row["pk"].replace("acme", "other")}
    world.tables.transact([Put("identity", stolen)])
    fresh = Seals(DataKeys(world.tables, "identity", kms, world.clock))
    with pytest.raises(ValueError, match="InvalidCiphertext"):
        fresh.open(replace(sealed, tenant="other"))


def test_kms_is_asked_once_for_many_events_and_a_key_is_renewed(world, kms):
    for number in range(1_000):
        world.seals.seal(_event(id=str(number)))
    assert kms.asked == ["generate"]
    world.clock.move(seconds=KEPT.total_seconds() + 1)
    first = world.seals.seal(_event())
    assert kms.asked == ["generate", "decrypt"]
    world.clock.move(seconds=RENEWED.total_seconds())
    second = world.seals.seal(_event())
    assert first.sealed.key != second.sealed.key
    assert kms.asked[2:] == ["generate"]
    assert [world.seals.open(one).data for one in (first, second)] == [DATA, DATA]
    assert all("encrypted" in row and "plain" not in row for row in world.tables.all("identity"))


def test_without_its_keys_what_was_sealed_for_a_tenant_is_noise(world, kms):
    sealed = world.seals.seal(_event())
    other = world.seals.seal(replace(_event(), tenant="other"))
    assert world.seals.keys.forget("acme") == 1
    with pytest.raises(ForgottenKeyError, match="of acme is gone: what it sealed can be read no"):
        world.seals.open(sealed)
    assert world.seals.open(other).data == DATA
    event = from_wire(sealed.to_wire())
    assert world.deliver("whole", event) == "quarantined"
    assert "is gone: what it sealed" in world.quarantined()[0].error
    assert world.deliver("thin", event) == "done"


def test_consumers_open_it_unless_they_are_thin(world):
    on_the_bus = from_wire(world.seals.seal(_event()).to_wire())
    assert world.deliver("whole", on_the_bus) == "done"
    assert SEEN[-1].data == DATA
    assert world.deliver("thin", on_the_bus) == "done"
    assert SEEN[-1].data == {"lead_id": "1", "status": "Interest"}


def test_what_comes_in_the_open_is_taken(world, kms):
    assert world.deliver("whole", _event()) == "done"
    assert (SEEN[-1].data, kms.asked) == (DATA, [])


def test_kms_that_is_away_is_tried_again_then_quarantined(world, kms):
    on_the_bus = from_wire(world.seals.seal(_event()).to_wire())
    keys = DataKeys(world.tables, "identity", kms, world.clock)
    world.open_with("whole", Opener(None, Seals(keys)))
    kms.fails = PermissionError("AccessDeniedException")
    assert world.deliver("whole", on_the_bus) == "again"
    assert world.deliver("whole", on_the_bus, attempt=3) == "quarantined"
    (entry,) = world.quarantined()
    assert entry.error == "PermissionError: AccessDeniedException"
    assert "jane" not in entry.body.lower()
    kms.fails = None
    world.quarantine.redrive("acme", entry.id, world.queues.send)
    assert world.deliver("whole", on_the_bus) == "done"


def test_what_is_opened_is_checked(world):
    sealed = world.seals.seal(replace(_event(), data={"lead_id": "1", "name": 7}))
    assert world.deliver("whole", from_wire(sealed.to_wire())) == "passed"
    sealed = world.seals.seal(replace(_event(), data={"status": "Interest", "name": 7}))
    assert world.deliver("whole", from_wire(sealed.to_wire())) == "quarantined"
    assert "name: Input should be a valid string" in world.quarantined()[0].error


def test_nothing_goes_out_in_the_open_when_it_cannot_be_sealed(world, kms):
    put = []

    def put_events(Entries):
        put.extend(Entries)
        return {"Entries": [{"EventId": "1"} for _ in Entries]}

    backend = EventBridgeBackend("bus", put_events, world.seals.seal)
    later = Event(
        "lead.qualified", {"lead_id": "1", "score": 1}, tenant="acme",
        entity=EntityRef("lead", "1"), sequence=2,
    )  # fmt: skip
    free = Event("lead.qualified", {"lead_id": "2", "score": 1}, tenant="other")
    kms.fails = ConnectionError("KMS is away")
    receipt = backend.publish_all([_event(), later, free])
    assert receipt.published == (free,)
    assert [why for _, why in receipt.failed] == [
        "ConnectionError", "waits for an earlier event of lead/1",
    ]  # fmt: skip
    kms.fails = None
    assert backend.publish_all([_event(), later]).failed == ()
    assert "jane" not in json.dumps([one["Detail"] for one in put]).lower()


def test_large_and_personal(world):
    blobs = MemoryBlobs()
    event = Event("lead.created", {**DATA, "notes": "n" * 200_000}, time=world.clock())
    change = Change("acme", EntityRef("lead", "1"), 0, {"id": "1"}, (event,))
    (written,) = commit(world.tables, "crm", change, claims=Claims(blobs))
    on_the_bus = from_wire(world.seals.seal(written).to_wire())
    assert on_the_bus.data == {"lead_id": "1", "status": "Interest"}
    opened = Opener(Claims(blobs), world.seals).open(on_the_bus)
    assert opened.data == {**DATA, "notes": "n" * 200_000}
    assert opened.to_wire() == on_the_bus.to_wire()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"filter": {"data": {"email": [{"suffix": "@x.com"}]}}}, "email: personal, hence sealed"),
        ({"types": ("user.created",), "filter": {"data": {"name": ["x"]}}}, "name: personal"),
        ({"filter": {"$or": [{"data": {"notes": ["x"]}}, {"tenant": ["a"]}]}}, "notes: personal"),
        ({"types": ("process_lead",), "filter": {"data": {"size": [1]}}}, "size: personal"),
    ],
)
def test_a_filter_on_what_no_rule_can_see_is_refused(said, told):
    with pytest.raises(ConsumerDeclarationError, match=told):
        Declaration("heard", **said)


def test_filters_on_the_rest_are_not():
    Declaration("heard", filter={"data": {"status": ["won"]}})
    Declaration("heard", topics=("deals",), filter={"data": {"name": ["Renewal"]}})


def test_what_is_shown_hides_it(caplog):
    event = _event()
    assert redacted(event).data == {**DATA, "name": HIDDEN, "email": HIDDEN}
    with caplog.at_level(logging.INFO):
        LoggingEventBackend().publish(event, ["leads"])
    assert "jane" not in caplog.text.lower()
    assert "Interest" in caplog.text
    outside = {"detail-type": "process_lead", "detail": {"name": "Jane", "budget": 1}}
    assert "Jane" not in redacted_message(json.dumps(outside))
    assert redacted_message("Jane") == HIDDEN


def test_who_is_personal_in_the_catalogue():
    marked = {kind.name: sorted(kind.personal) for kind in all_types() if kind.personal}
    assert marked["lead.created"] == ["company", "email", "name", "notes", "phone"]
    assert marked["contact.bounced"] == ["detail", "email"]
    assert marked["user.created"] == ["email", "name"]
    assert "lead.status_changed" not in marked
    schema = lookup("lead.created").model.model_json_schema()
    assert schema["properties"]["email"]["pii"] is True


def test_an_opened_event_is_plain_for_filters_and_workflows(world):
    event = replace(_event(), data={**DATA, "value": "75000"})
    opened = world.seals.open(from_wire(world.seals.seal(event).to_wire()))
    assert opened.plain()["data"]["name"] == "Jane Doe"
    assert "sealed" not in opened.plain()
    assert wants(["lead.*"], {"data": {"name": ["Jane Doe"]}}, opened)
    assert seen(opened)["data"] == {**DATA, "value": 75000}
