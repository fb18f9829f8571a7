"""Consumers that ask for order: one entity's events by their sequence, whatever arrives when."""

from __future__ import annotations

import pytest

from shared.consumers.consumer import consumer
from shared.platform.tables import Put
from tests.unit.consumers.world import World

DONE: list[int] = []
BROKEN: set[int] = set()


@consumer(topics=("leads",), types=("lead.created", "lead.status_changed"), ordered=True)
def steps(event, context):
    if event.sequence in BROKEN:
        raise ValueError("broken")
    DONE.append(event.sequence)
    key = {"pk": f"{context.tenant}#steps", "sk": str(event.entity)}
    return [Put(context.table("projections"), {**key, "last": event.sequence})]


MOVED = "lead.status_changed"


@pytest.fixture(autouse=True)
def _clean():
    DONE.clear()
    BROKEN.clear()


@pytest.fixture
def world():
    return World(steps)


def test_a_late_event_is_waited_for_and_then_both_are_done(world):
    one, two, three = world.happens("1", "lead.created", MOVED, MOVED)
    assert world.deliver("steps", three) == "again"
    assert world.deliver("steps", one) == "done"
    assert world.deliver("steps", two) == "done"
    assert DONE == [1, 2, 3]
    assert world.deliver("steps", three, 2) == "repeated"


def test_events_that_it_does_not_hear_leave_no_gap(world):
    one, _, _, four = world.happens("1", "lead.created", "lead.qualified", "lead.qualified", MOVED)
    world.deliver("steps", one)
    assert world.deliver("steps", four) == "done"
    assert DONE == [1, 4]


def test_what_never_arrives_is_read_from_the_timeline(world):
    *_, last = world.happens("1", "lead.created", *[MOVED] * 250)
    assert world.deliver("steps", last) == "again"
    assert DONE == []
    assert world.deliver("steps", last, 2) == "done"
    assert list(range(1, 252)) == DONE


def test_a_gap_that_nobody_can_fill_is_told_after_a_time(world):
    one, two = world.happens("1", "lead.created", MOVED)
    del world.tables.items["crm", "acme#lead#1", "event#000000000001"]
    assert world.deliver("steps", two) == "again"
    world.clock.move(minutes=3)
    assert world.deliver("steps", two, 2) == "quarantined"
    assert "lead/1: 1 events between 0 and 2 are missing" in world.quarantined()[0].error
    assert world.deliver("steps", one) == "done"  # it was found; what waited goes on
    assert DONE == [1, 2]


def test_a_failure_holds_its_entity_alone_until_it_is_mended(world):
    one, two, three = world.happens("1", "lead.created", MOVED, MOVED)
    (other,) = world.happens("2", "lead.created")
    BROKEN.add(2)
    assert world.deliver("steps", one) == "done"
    assert [world.deliver("steps", two, n) for n in (1, 2, 3)] == ["again", "again", "quarantined"]
    assert [world.deliver("steps", three, n) for n in (1, 2)] == ["again", "again"]
    assert world.deliver("steps", other) == "done"
    BROKEN.clear()
    assert world.deliver("steps", two) == "done"
    assert DONE == [1, 1, 2, 3]


def test_what_an_operator_gives_up_no_longer_holds_the_others(world):
    one, two, three = world.happens("1", "lead.created", MOVED, MOVED)
    BROKEN.add(2)
    world.deliver("steps", one)
    world.deliver("steps", two, 3)
    world.quarantine.discard("acme", world.quarantined()[0].id)
    world.deliver("steps", three, 1)
    assert world.deliver("steps", three, 2) == "done"
    assert DONE == [1, 3]


def test_a_lost_position_repeats_no_effect(world):
    one, two = world.happens("1", "lead.created", MOVED)
    world.deliver("steps", one)
    world.deliver("steps", two)
    del world.tables.items["projections", "acme#order#steps#lead/1", "position"]
    assert [world.deliver("steps", two, n) for n in (1, 2)] == ["again", "repeated"]
    assert DONE == [1, 2]
    (third,) = world.happens("1", MOVED)
    assert world.deliver("steps", third) == "done"
