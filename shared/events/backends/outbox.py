"""EventBridge through the outbox: an event is written down, and the relay puts it on the bus.

For events that change nothing of ours; what changes an entity is written with its state, by
`shared.events.outbox.commit`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from shared.events.backends.base import EventBackend, EventNotPublishedError
from shared.events.claims import Claims
from shared.events.envelope import EntityRef, Event, UnfitEventError
from shared.events.outbox import Change, VersionConflictError, commit
from shared.platform.tables import Tables

KIND: Final = "published"


class NotForTheOutboxError(UnfitEventError):
    """An event that no outbox can hold alone; the message says why."""


class OutboxEventBackend(EventBackend):
    """Writes each event as the only one of a timeline of its own; twice is once."""

    def __init__(self, tables: Tables, table: str, claims: Claims | None = None) -> None:
        """A backend.

        Args:
            table: where entities and their timelines are.
            claims: keep data that is too large for the bus.
        """
        self._tables = tables
        self._claims = claims
        self._table = table

    def publish(self, event: Event, topics: Sequence[str] | None = None) -> None:
        """See `EventBackend.publish`.

        Raises:
            NotForTheOutboxError: it names no tenant, or an entity of whose sequence it is no part.
            UnfitEventError: the catalogue has no such type, or its data is not as that allows.
        """
        if event.tenant is None:
            raise NotForTheOutboxError(
                f"{event.event_type} {event.id} names no tenant; publish with tenant=…"
            )
        if event.entity is not None:
            raise NotForTheOutboxError(
                f"{event.event_type} {event.id} is of {event.entity}; commit it with its state"
            )
        told = replace(event, topics=tuple(topics)) if topics else event
        change = Change(event.tenant, EntityRef(KIND, event.id), 0, None, (told,))
        try:
            commit(self._tables, self._table, change, claims=self._claims)
        except VersionConflictError:  # written before
            return
        except UnfitEventError:
            raise
        except Exception as error:
            raise EventNotPublishedError(f"{event.event_type} {event.id}: {error!r}") from error
