"""A delivery at a consumer: its effect once, retried, given up, refused."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest

from shared.consumers.consumer import consumer
from shared.consumers.deliveries import Delivery, Replayed
from shared.events import Event
from shared.events.figures import Figures, Flow
from shared.events.metrics import Tally
from shared.platform.tables import Add, Put
from tests.unit.consumers.world import World

SEEN: list[tuple[str, str, int, str | None]] = []


def _count(event, context):
    SEEN.append((event.id, context.tenant, context.attempt, context.replay))
    return [Add(context.table("projections"), {"pk": f"{context.tenant}#n", "sk": "n"}, "n", 1)]


@consumer(topics=("leads",), needs={"projections": ("add",)})
def counted(event, context):
    """Counts."""
    return _count(event, context)


@consumer(types=("business_lead_created",), outside=True)
async def outside(event, context):
    await asyncio.sleep(0)
    SEEN.append((event.id, context.tenant, context.attempt, context.replay))
    if event.data["name"] == "fails":
        raise ConnectionError("gone")


@consumer(filter={"data": {"status": ["Closed win", {"prefix": "Meet"}]}})
def filtered(event, context):
    return _count(event, context)


@pytest.fixture(autouse=True)
def _nothing_seen():
    SEEN.clear()


@pytest.fixture
def world():
    return World(counted, outside, filtered)


def total(world, tenant="acme"):
    item = world.tables.get("projections", {"pk": f"{tenant}#n", "sk": "n"})
    return item["n"] if item else 0


def test_a_delivery_has_its_effect_once(world):
    (event,) = world.happens("1", "lead.created")
    assert [world.deliver("counted", event) for _ in range(3)] == ["done", "repeated", "repeated"]
    assert (total(world), len(SEEN)) == (1, 1)


def test_two_deliveries_at_once_have_one_effect(world):
    (event,) = world.happens("1", "lead.created")
    mark = {"pk": f"acme#inbox#counted#{event.id}"}

    def faster(writes):
        world.tables.before_transact = lambda writes: None
        world.deliver("counted", event)

    world.tables.before_transact = faster
    assert world.deliver("counted", event) == "repeated"
    assert world.tables.get("inbox", mark)
    assert total(world) == 1


def test_what_the_consumer_does_not_hear_is_passed(world):
    (event,) = world.happens("1", "lead.created")
    assert world.deliver("filtered", event) == "passed"
    meeting = Event(
        "lead.created", {"lead_id": "2", "name": "J", "status": "Meeting booked"}, tenant="acme"
    )
    assert world.deliver("filtered", meeting) == "done"


def test_a_failure_is_tried_later_and_then_kept_with_its_reason(world):
    event = Event("lead.created", {"lead_id": "1", "name": "fails"}, tenant="acme")
    assert [world.deliver("outside", event, n) for n in (1, 2)] == ["again", "again"]
    assert all(1 <= seconds <= 60 for _, _, seconds in world.queues.delayed)
    assert world.deliver("outside", event, 3) == "quarantined"
    (entry,) = world.quarantined()
    assert (entry.consumer, entry.error) == ("outside", "ConnectionError: gone")
    assert (entry.attempts, entry.event_type) == (3, "lead.created")


def test_a_function_that_died_every_time_is_given_up(world):
    (event,) = world.happens("1", "lead.created")
    assert world.deliver("counted", event, 4) == "quarantined"
    assert "died" in world.quarantined()[0].error


def test_a_lease_keeps_a_second_delivery_from_the_effect_outside(world):
    (event,) = world.happens("1", "lead.created")
    key = {"pk": f"acme#lease#outside#{event.id}"}
    world.tables.items["inbox", key["pk"], ""] = {
        **key, "expires_at": int(world.clock().timestamp()) + 5,
    }  # fmt: skip
    assert world.deliver("outside", event) == "again"
    assert SEEN == []
    world.clock.move(seconds=6)  # whoever held it died
    assert world.deliver("outside", event, 2) == "done"


def test_effects_outside_are_not_replayed_unless_told(world):
    (event,) = world.happens("1", "lead.created")
    assert world.deliver("outside", event, replay=Replayed("r", False)) == "refused"
    assert SEEN == []
    assert world.deliver("outside", event, replay=Replayed("r", True)) == "done"
    assert SEEN[0][3] == "r"
    assert world.deliver("outside", event, replay=Replayed("r", True)) == "repeated"


def test_an_outside_source_has_the_tenant_it_is_registered_for(world):
    body = {
        "source": "acme.website", "detail-type": "process_lead", "id": "eb-1",
        "time": "2026-01-01T00:00:00Z", "detail": {"name": "A", "tenant": "other"},
    }  # fmt: skip

    @consumer(types=("process_lead",))
    def asked(event, context):
        return _count(event, context)

    world = World(asked)
    receive = world.receivers["asked"].receive
    assert receive(Delivery(json.dumps(body), "r", 1, "m"))[0] == "done"
    assert (total(world), total(world, "other")) == (1, 0)
    stranger = json.dumps(body | {"source": "nobody.knows"})
    assert receive(Delivery(stranger, "r", 1, "m"))[0] == "quarantined"
    assert "not registered" in world.quarantined("-")[0].error


def test_a_batch_fails_in_part_and_the_suspects_come_last(world):
    good, bad = world.happens("1", "lead.created", "lead.qualified")
    attempts = []

    @consumer()
    def picky(event, context):
        attempts.append(context.attempt)
        if event.id == bad.id:
            raise ValueError("bad")

    receiver = World(picky).receivers["picky"]
    from shared.consumers.deliveries import message

    records = [
        {
            "body": message(event), "receiptHandle": "r", "messageId": event.id,
            "attributes": {"ApproximateReceiveCount": str(attempt)},
        }
        for event, attempt in ((bad, 2), (good, 1))
    ]  # fmt: skip
    assert receiver.batch(records) == {"batchItemFailures": [{"itemIdentifier": bad.id}]}
    assert attempts == [1, 2]


def test_what_became_of_a_delivery_is_counted_for_its_tenant(world):
    figures = Figures(world.tables, "projections", world.clock)
    flow = Flow("outside", figures, Tally(), world.clock)
    receiver = world.receivers["outside"] = replace(world.receivers["outside"], flow=flow)
    (good,) = world.happens("1", "lead.created")
    fails = replace(good, id="f", data={**good.data, "name": "fails"})
    for event, attempt in ((good, 1), (good, 2), (fails, 1), (fails, 3)):
        world.deliver("outside", event, attempt)
    receiver.batch([])
    row = world.tables.get(
        "projections",
        {"pk": "acme#figures", "sk": f"{world.clock().date()}#outside#lead.created"},
    )
    assert (row["delivered"], row["failed"], row["dead"], row["timed"]) == (1, 1, 1, 1)
    assert world.tables.get("projections", {"pk": "other#figures", "sk": row["sk"]}) is None


def test_a_repeatable_consumer_pays_for_no_inbox_key(world):
    @consumer(repeatable=True, needs={"projections": ("put",)})
    def kept(event, context):
        if event.event_type != "lead.created":
            return []
        key = {"pk": f"{context.tenant}#kept", "sk": event.id}
        return [Put(context.table("projections"), key)]

    world = World(kept)
    created, deleted = world.happens("1", "lead.created", "lead.deleted")
    assert [world.deliver("kept", created) for _ in range(2)] == ["done", "done"]
    assert world.deliver("kept", deleted) == "passed"
    assert world.tables.all("inbox") == []
    assert [row["sk"] for row in world.tables.all("projections")] == [created.id]


def test_a_consumer_sends_only_where_it_says_that_it_does(world):
    @consumer(repeatable=True, outside=True)
    def sending(event, context):
        context.send("triggered_runs", "{}")

    world = World(sending)
    (event,) = world.happens("1", "lead.created")
    assert world.deliver("sending", event, attempt=3) == "quarantined"
    assert "add it to its sends" in world.quarantined()[0].error
    unreadable = Delivery("{}", "receipt", 1, "m")
    assert world.receivers["sending"].receive(unreadable)[0] == "passed"
