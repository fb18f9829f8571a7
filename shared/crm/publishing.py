"""Events that callers of the API publish: by right of their type, checked, written down, once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from shared.crm.idempotency import WRITE, Answer, Idempotency
from shared.crm.leads import Caller
from shared.events.catalog.registry import EventType, lookup
from shared.events.claims import Claims
from shared.events.envelope import EntityRef, Event
from shared.events.outbox import Change, commit
from shared.identity.principal import ForbiddenError
from shared.identity.rights import Right
from shared.platform.clock import Clock, utc_now
from shared.platform.tables import Put, Tables, TransactionRefusedError

SOURCE: Final = "millrace.api"
_KIND: Final = "published"


@dataclass(frozen=True, slots=True)
class Publishing:
    """Publishes for tenants, through the outbox."""

    tables: Tables
    table: str
    inbox: str
    clock: Clock = utc_now
    claims: Claims | None = None
    """Keeps data that is too large for the bus."""

    def publish(
        self,
        caller: Caller,
        event_type: str,
        data: Mapping[str, Any],
        noted: Callable[[Event], Put],
        answer: Callable[[Event], str],
    ) -> Event:
        """Writes an event into the outbox.

        Args:
            noted: the audit's part of the transaction.
            answer: the body that a repeated request gets again.

        Raises:
            UnknownEventTypeError: the catalogue has no such type.
            ForbiddenError: the caller may not publish it, or nobody may.
            InvalidEventDataError: the data is not what the type allows.
            EventTooLargeError: it is larger than an event may be.
        """
        kind = lookup(event_type)
        _permit(caller, kind)
        tenant, idempotency = (
            caller.principal.tenant,
            Idempotency(self.tables, self.inbox, self.clock),
        )
        idempotency.check(tenant, caller.attempt)
        event = self._event(caller, kind, data)
        given = idempotency.writes(tenant, caller.attempt, lambda: Answer(202, answer(event), None))
        # It is about nothing of ours, so there is no state; it is the only one of its timeline.
        change = Change(tenant, EntityRef(_KIND, event.id), 0, None, (event,))
        try:
            (written,) = commit(
                self.tables, self.table, change, [noted(event), *given], claims=self.claims
            )
        except TransactionRefusedError as refused:
            if WRITE in refused.labels:
                idempotency.check(tenant, caller.attempt)
            raise
        return written

    def _event(self, caller: Caller, kind: EventType, data: Mapping[str, Any]) -> Event:
        event = Event(
            kind.name,
            kind.check(data),
            {"actor": caller.principal.subject},
            source=SOURCE,
            tenant=caller.principal.tenant,
            time=self.clock(),
            causation_id=caller.request_id,
        )
        return replace(event, correlation_id=event.id)


def _permit(caller: Caller, kind: EventType) -> None:
    if kind.published_by is None:
        raise ForbiddenError(
            f"{kind.name} is Millrace's alone to say; it follows from what is done"
        )
    caller.principal.require(Right(kind.published_by))
