"""The order of one entity's events for one consumer: how far it is, and what waits.

    position: done = 4          event 7 arrives; 5 concerns others, 6 is late
    parked:   7                 7 waits, 6 comes (or is read from the timeline), then both are done

The position moves in the transaction of the effect, on the condition that it stood where it was
read: two deliveries of an entity cannot both be next.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shared.events.envelope import EntityRef, Event, from_wire
from shared.events.outbox import timeline
from shared.platform.clock import Clock, iso, utc_now
from shared.platform.tables import Absent, Delete, FieldIs, Put, Query, Tables, Write

ORDER_WRITE: Final = "order"
"""The label by which a refused transaction tells that the position moved meanwhile."""
_KEPT: Final = timedelta(days=30)
_PAGE: Final = 100
_POSITION: Final = "position"
_PARKED: Final = "parked#"


class WaitsError(Exception):
    """Earlier events of the entity are not handled yet."""


@dataclass(frozen=True, slots=True)
class Before:
    """What lies between the position and an event."""

    late: tuple[Event, ...]
    """Those that the consumer hears and has not handled."""
    lost: int
    """How many the timeline does not have."""


@dataclass(frozen=True, slots=True)
class Order:
    """Positions and parked events of one consumer."""

    tables: Tables
    table: str
    crm_table: str
    """Where the timelines are that fill a gap."""
    consumer: str
    hears: Callable[[Event], bool]
    clock: Clock = utc_now

    def done(self, tenant: str, entity: EntityRef) -> int:
        """The sequence of the last event that is done; 0 at the beginning."""
        item = self.tables.get(self.table, self._key(tenant, entity, _POSITION))
        return int(item["done"]) if item else 0

    def step(self, tenant: str, event: Event, done: int) -> list[Write]:
        """The writes that move the position from `done` to the event."""
        entity, sequence = _numbered(event)
        item = {**self._key(tenant, entity, _POSITION), "done": sequence}
        when = FieldIs("done", done) if done else Absent()
        return [Put(self.table, item, when, label=ORDER_WRITE)]

    def before(self, tenant: str, event: Event, done: int) -> Before:
        """What must be done before an event; read from the timeline, if there is a gap at all."""
        entity, sequence = _numbered(event)
        while (wanted := sequence - done - 1) > 0:
            page, _ = timeline(
                self.tables, self.crm_table, tenant, entity, limit=min(wanted, _PAGE), after=done
            )
            found = [one for one in page if (one.sequence or 0) < sequence]
            if late := tuple(one for one in found if self.hears(one)):
                return Before(late, 0)
            if len(found) < min(wanted, _PAGE):
                return Before((), wanted - len(found))
            done += len(found)
        return Before((), 0)

    def park(self, tenant: str, event: Event) -> datetime:
        """Lets an event wait; since when it does."""
        entity, sequence = _numbered(event)
        key = self._key(tenant, entity, f"{_PARKED}{sequence:012d}")
        if item := self.tables.get(self.table, key):
            return datetime.fromisoformat(item["since"])
        now = self.clock()
        kept = {"event": event.to_wire(), "since": iso(now)}
        expires = {"expires_at": int((now + _KEPT).timestamp())}
        self.tables.transact([Put(self.table, {**key, **kept, **expires})])
        return now

    def next_parked(self, tenant: str, entity: EntityRef) -> Event | None:
        """The earliest event that waits."""
        key = ("pk", _partition(tenant, self.consumer, entity))
        query = Query(self.table, key, prefix=_PARKED, limit=1)
        for item in self.tables.query(query).items:
            return from_wire(item["event"])
        return None

    def unpark(self, tenant: str, event: Event) -> Write:
        """The write that ends the waiting."""
        entity, sequence = _numbered(event)
        return Delete(self.table, self._key(tenant, entity, f"{_PARKED}{sequence:012d}"))

    def _key(self, tenant: str, entity: EntityRef, sort: str) -> dict[str, str]:
        return {"pk": _partition(tenant, self.consumer, entity), "sk": sort}


def _partition(tenant: str, consumer: str, entity: EntityRef) -> str:
    return f"{tenant}#order#{consumer}#{entity}"


def _numbered(event: Event) -> tuple[EntityRef, int]:
    if event.entity is None or event.sequence is None:
        raise ValueError(f"{event.id} has no entity or sequence, hence no order")
    return event.entity, event.sequence
