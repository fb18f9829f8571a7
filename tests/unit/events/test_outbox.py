"""State and event in one transaction."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.events import EntityRef, Event
from shared.events.catalog.registry import InvalidEventDataError, UnknownEventTypeError
from shared.events.outbox import (
    Change,
    VersionConflictError,
    commit,
    key_of,
    mark_relayed,
    pending,
    timeline,
)
from shared.platform.clock import iso
from shared.platform.tables import Absent, Put, TransactionRefusedError
from tests.fakes.ports import MovedClock
from tests.fakes.tables import MemoryTables

LEAD = EntityRef("lead", "1")
DELETED = {"lead_id": "1", "name": "a"}


def _change(version=0, state=None, tenant="acme", events=1, **event):
    made = tuple(Event("lead.deleted", DELETED, **event) for _ in range(events))
    return Change(tenant, LEAD, version, {"name": "a"} if state is None else state, made)


def test_events_are_numbered_without_gaps_and_state_carries_the_last():
    tables = MemoryTables()
    commit(tables, "crm", _change(events=2))
    commit(tables, "crm", _change(version=2))
    events, _ = timeline(tables, "crm", "acme", LEAD, limit=10)
    assert [e.sequence for e in events] == [1, 2, 3]
    assert tables.get("crm", {"pk": "acme#lead#1", "sk": "state"})["version"] == 3
    assert {e.tenant for e in events} == {"acme"}


@pytest.mark.parametrize("version", [0, 2, 7])
def test_a_stale_version_writes_nothing(version):
    tables = MemoryTables()
    commit(tables, "crm", _change())
    before = len(tables.items)
    with pytest.raises(VersionConflictError):
        commit(tables, "crm", _change(version=version))
    assert len(tables.items) == before


def test_what_comes_along_is_in_the_same_transaction():
    tables = MemoryTables()
    key = Put("inbox", {"pk": "k"}, Absent(), label="inbox")
    commit(tables, "crm", _change(), [key])
    with pytest.raises(TransactionRefusedError):
        commit(tables, "crm", _change(version=1), [key])
    assert len(timeline(tables, "crm", "acme", LEAD, limit=10)[0]) == 1


@pytest.mark.parametrize(
    ("event", "error"),
    [
        (Event("nobody.knows", {}), UnknownEventTypeError),
        (Event("lead.deleted", {"lead_id": "1"}), InvalidEventDataError),
        (Event("lead.deleted", {**DELETED, "more": 1}), InvalidEventDataError),
    ],
)
def test_what_is_not_in_the_catalogue_is_not_written(event, error):
    tables = MemoryTables()
    with pytest.raises(error):
        commit(tables, "crm", Change("acme", LEAD, 0, {}, (event,)))
    assert not tables.items


def test_an_old_name_is_written_under_the_new_one():
    tables = MemoryTables()
    data = {"lead_id": "1", "name": "a"}
    (event,) = commit(
        tables, "crm", Change("acme", LEAD, 0, {}, (Event("business_lead_created", data),))
    )
    assert (event.event_type, event.topics) == ("lead.created", ("leads",))


def test_pending_until_relayed():
    clock = MovedClock()
    tables = MemoryTables()
    (first,) = commit(tables, "crm", _change(time=clock()))
    clock.move(seconds=10)
    (second,) = commit(tables, "crm", _change(version=1, time=clock()))
    late = iso(clock() + timedelta(seconds=1))
    assert pending(tables, "crm", late) == [first, second]
    assert pending(tables, "crm", iso(clock())) == [first]
    mark_relayed(tables, "crm", first)
    assert pending(tables, "crm", late) == [second]
    mark_relayed(tables, "crm", first)
    assert len(timeline(tables, "crm", "acme", LEAD, limit=9)[0]) == 2


def test_an_event_that_was_in_no_outbox_has_no_key():
    with pytest.raises(ValueError, match="never in an outbox"):
        key_of(Event("a", {}))
