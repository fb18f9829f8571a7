"""The event log: every event of a tenant by its time and its type, kept for a year.

What happened to one entity stands in its timeline and is asked for there: the log has no second
index for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from shared.events.envelope import EntityRef, Event, from_wire
from shared.events.outbox import timeline
from shared.platform.clock import iso
from shared.platform.tables import Put, Query, Tables

KEPT: Final = timedelta(days=365)
"""As long as the bus's archive."""
_END: Final = "~"
"""Sorts after everything that follows a moment in a sort key."""
_NEXT: Final = " "
"""Behind a place, before every other one."""

Start = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events of a tenant."""

    type: str | None = None
    entity: EntityRef | None = None
    since: datetime | None = None
    until: datetime | None = None
    """Up to this moment, not included."""

    def has(self, event: Event) -> bool:
        """Whether an event is among them."""
        return (
            (self.type is None or event.event_type == self.type)
            and (self.entity is None or event.entity == self.entity)
            and (self.since is None or event.time >= self.since)
            and (self.until is None or event.time < self.until)
        )


class EventLog:
    """Asks the log of one tenant at a time."""

    def __init__(self, tables: Tables, table: str, crm_table: str) -> None:
        self._tables = tables
        self._table = table
        self._crm_table = crm_table

    def page(
        self,
        tenant: str,
        wanted: Wanted,
        *,
        limit: int,
        start: Start | None = None,
        after: str | None = None,
    ) -> tuple[list[Event], Start | None]:
        """Events in the order of their time, with where the next page starts.

        A page of an entity may hold fewer than there are.

        Args:
            after: a `place` in the log to go on behind, for who cannot keep a page's start.
        """
        if wanted.entity is not None:
            found, more = timeline(
                self._tables, self._crm_table, tenant, wanted.entity, limit=limit, start=start
            )
            return [event for event in found if wanted.has(event)], more
        page = self._tables.query(_query(self._table, tenant, wanted, limit, start, after))
        return [from_wire(item["event"]) for item in page.items], page.next_start


def log_write(table: str, tenant: str, event: Event) -> Put:
    """The write that keeps an event; the same event twice is one entry, and the same."""
    at = place(event)
    return Put(
        table,
        {
            "pk": f"{tenant}#events",
            "sk": at,
            "type_pk": f"{tenant}#{event.event_type}",
            "type_sk": at,
            "event": event.to_wire(),
            "expires_at": int((event.time + KEPT).timestamp()),
        },
        label="event log",
    )


def place(event: Event) -> str:
    """Where an event stands in the log."""
    return f"{iso(event.time)}#{event.id}"


def _query(
    table: str, tenant: str, wanted: Wanted, limit: int, start: Start | None, after: str | None
) -> Query:
    since = f"{after}{_NEXT}" if after else iso(wanted.since) if wanted.since else "0"
    before = iso(wanted.until) if wanted.until else _END
    if wanted.type is None:
        return Query(
            table, ("pk", f"{tenant}#events"), since=since, before=before, limit=limit, start=start,
        )  # fmt: skip
    return Query(
        table, ("type_pk", f"{tenant}#{wanted.type}"), sort="type_sk", index="type", since=since,
        before=before, limit=limit, start=start,
    )  # fmt: skip
