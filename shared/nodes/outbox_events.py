"""Events of workflows, through the outbox."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from shared.events import EntityRef, Event
from shared.events.catalog.registry import InvalidEventDataError, UnknownEventTypeError, lookup
from shared.events.chains import Origin
from shared.events.claims import Claims, EventTooLargeError
from shared.events.outbox import STATE, Change, VersionConflictError, commit, partition
from shared.graph import NodeFailedError
from shared.platform.clock import Clock, utc_now
from shared.platform.tables import Tables

_SOURCE: Final = "millrace.emitted"
_OURS: Final = ("execution.", "import.", "loop.", "node.", "user.", "workflow.")
"""What is true only because Millrace did it; a workflow that said it would be lying."""


@dataclass(frozen=True, slots=True)
class OutboxEvents:
    """The port `Events` of one tenant: each key is an entity whose only event it is."""

    tables: Tables
    table: str
    """Of entities and their timelines."""
    tenant: str
    actor: str = "workflow"
    clock: Clock = utc_now
    origin: Callable[[], Origin] = Origin
    """Tells which run it is."""
    claims: Claims | None = None
    """Keeps data that is too large for the bus."""

    async def emit(self, event_type: str, data: Mapping[str, Any], idempotency_key: str) -> str:
        """See `Events.emit`.

        Raises:
            NodeFailedError: no such type, Millrace's alone, or data that it does not allow.
        """
        return await asyncio.to_thread(self._emit, event_type, data, idempotency_key)

    def _emit(self, event_type: str, data: Mapping[str, Any], key: str) -> str:
        entity = EntityRef("emitted", hashlib.sha256(key.encode()).hexdigest()[:40])
        at = {"pk": partition(self.tenant, entity), "sk": STATE}
        if held := self.tables.get(self.table, at):
            return str(held["event_id"])
        event = self._event(event_type, data)
        state = {"event_id": event.id, "type": event.event_type}
        change = Change(self.tenant, entity, 0, state, (event,))
        try:
            commit(self.tables, self.table, change, claims=self.claims)
        except EventTooLargeError as error:
            raise NodeFailedError("EventRefused", str(error)) from None
        except VersionConflictError:  # another try was faster
            return str((self.tables.get(self.table, at) or state)["event_id"])
        return event.id

    def _event(self, event_type: str, data: Mapping[str, Any]) -> Event:
        try:
            kind = lookup(event_type)
            if kind.ours_alone or kind.name.startswith(_OURS):
                told = f"{kind.name} is Millrace's alone to say; choose another type"
                raise NodeFailedError("EventRefused", told)
            checked = kind.check(data)
        except (UnknownEventTypeError, InvalidEventDataError) as error:
            raise NodeFailedError("EventRefused", str(error)) from None
        about = {"actor": self.actor}
        event = Event(kind.name, checked, about, source=_SOURCE, time=self.clock())
        return self.origin().tells(event)
