"""What can be done with leads. Each change writes the lead and its event in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from shared.crm.board import Board, board_keys, counted, lead_of
from shared.crm.errors import LeadNotFoundError, PreconditionFailedError
from shared.crm.idempotency import WRITE, Answer, Attempt, Idempotency
from shared.crm.lead import Lead, LeadStatus, LeadUpdate, NewLead, StatusUpdate, touched
from shared.events import EntityRef, Event, get_event_bus
from shared.events.chains import UNKNOWN, Origin
from shared.events.outbox import (
    STATE,
    Change,
    VersionConflictError,
    commit,
    partition,
    timeline,
)
from shared.identity.principal import Principal
from shared.identity.rights import Right
from shared.platform.clock import Clock, utc_now
from shared.platform.ids import new_id
from shared.platform.tables import Tables, TablesBusyError, TransactionRefusedError, Write

_ATTEMPTS: Final = 5
"""How often a change without a named version is decided anew when somebody was faster."""

R = TypeVar("R")
Also = Callable[[str], Sequence[Write]]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who changes something and under which conditions."""

    principal: Principal
    request_id: str
    if_match: int | None = None
    """The version the caller saw; None accepts any."""
    attempt: Attempt | None = None
    origin: Origin = UNKNOWN
    """Which run does it, where one does."""


class Leads:
    """The leads of tenants."""

    def __init__(self, tables: Tables, table: str, inbox: str, clock: Clock = utc_now) -> None:
        self._tables = tables
        self._table = table
        self._clock = clock
        self._idempotency = Idempotency(tables, inbox, clock)
        self.board = Board(tables, table)

    def get(self, tenant: str, lead_id: str) -> Lead:
        """One lead with its position.

        Raises:
            LeadNotFoundError: this tenant has no such lead.
        """
        return self._placed(tenant, self._read(tenant, lead_id))

    def timeline(
        self, tenant: str, lead_id: str, *, limit: int, start: Mapping[str, Any] | None = None
    ) -> tuple[list[Event], Mapping[str, Any] | None]:
        """What happened to a lead, oldest first; a deleted lead keeps its timeline.

        Raises:
            LeadNotFoundError: nothing ever happened to such a lead.
        """
        ref = EntityRef("lead", lead_id)
        events, more = timeline(self._tables, self._table, tenant, ref, limit=limit, start=start)
        if not events and start is None:
            raise LeadNotFoundError(lead_id)
        return events, more

    def create(self, caller: Caller, new: NewLead, also: Also = lambda lead_id: ()) -> Lead:
        """Adds a lead at the end of its column, or at the position it wishes for.

        Args:
            also: further writes of the same transaction, told the lead's id.
        """
        tenant = caller.principal.tenant
        self._idempotency.check(tenant, caller.attempt)
        now = self._clock()
        lead_id = new_id()
        fields = new.model_dump(exclude={"card_order"})
        wish = new.card_order
        order = self.board.total(tenant, new.status) + 1 if wish is None else wish
        rank = self._rank(tenant, new.status, wish, lead_id)
        lead = Lead(
            **fields, id=lead_id, rank=rank, created_at=now, updated_at=now, version=1,
            card_order=order, owner_id=caller.principal.member,
        )  # fmt: skip
        event = self._event("lead.created", caller, {"lead_id": lead_id, **lead.snapshot()})
        writes = [counted(self._table, tenant, lead, +1), *also(lead_id)]
        self._commit(caller, Lead.model_copy(lead, update={"version": 0}), lead, [event], writes)
        return lead

    def note(self, caller: Caller, lead_id: str, event_type: str, data: Mapping[str, Any]) -> None:
        """Writes an event into a lead's timeline; its fields stay as they are.

        Raises:
            LeadNotFoundError: this tenant has no such lead.
        """
        caller.principal.require(Right.LEADS_ADD)
        self._retried(lambda: self._note(caller, lead_id, event_type, data))

    def update(self, caller: Caller, lead_id: str, changes: LeadUpdate) -> Lead:
        """Changes the fields that are named; a new column or position moves the card."""
        named = changes.model_dump(exclude_unset=True)
        return self._retried(lambda: self._update(caller, lead_id, named))

    def move(self, caller: Caller, lead_id: str, to: StatusUpdate) -> Lead:
        """Puts a card into a column, at a position or at its end."""
        named = to.model_dump()
        return self._retried(lambda: self._update(caller, lead_id, named))

    def delete(self, caller: Caller, lead_id: str) -> None:
        """Removes a lead; its timeline stays and says so."""
        self._retried(lambda: self._delete(caller, lead_id))

    def _note(self, caller: Caller, lead_id: str, kind: str, data: Mapping[str, Any]) -> None:
        tenant = caller.principal.tenant
        self._idempotency.check(tenant, caller.attempt)
        before = self._read(tenant, lead_id)
        after = before.model_copy(update={"version": before.version + 1})
        self._commit(caller, before, after, [self._event(kind, caller, data)], [])

    def _update(self, caller: Caller, lead_id: str, named: Mapping[str, Any]) -> Lead:
        tenant = caller.principal.tenant
        self._idempotency.check(tenant, caller.attempt)
        before = self._expected(caller, lead_id, Right.LEADS_CHANGE)
        wish = named.get("card_order")
        plain = {k: v for k, v in named.items() if k not in {"status", "card_order"}}
        changed = [name for name, value in plain.items() if value != getattr(before, name)]
        status: LeadStatus = named.get("status", before.status)
        moved = status != before.status or self._wishes_elsewhere(tenant, before, wish)
        if not (changed or moved):
            return self._placed(tenant, before)
        updates = {name: plain[name] for name in changed}
        if moved:
            rank = self._rank(tenant, status, wish, lead_id)
            updates |= {"status": status, "rank": rank}
        after = touched(before, self._clock(), **updates)
        events = self._update_events(caller, before, after, changed, moved)
        after = after.model_copy(update={"version": before.version + len(events)})
        writes: list[Write] = []
        if status != before.status:
            writes = [
                counted(self._table, tenant, before, -1),
                counted(self._table, tenant, after, +1),
            ]
        after = after.model_copy(update={"card_order": self._order(tenant, before, after)})
        self._commit(caller, before, after, events, writes)
        return after

    def _delete(self, caller: Caller, lead_id: str) -> None:
        tenant = caller.principal.tenant
        self._idempotency.check(tenant, caller.attempt)
        lead = self._expected(caller, lead_id, Right.LEADS_DELETE)
        event = self._event("lead.deleted", caller, {"lead_id": lead_id, "name": lead.name})
        self._commit(caller, lead, None, [event], [counted(self._table, tenant, lead, -1)])

    def _update_events(
        self, caller: Caller, before: Lead, after: Lead, changed: Sequence[str], moved: bool
    ) -> list[Event]:
        events = []
        if changed:
            data = {"lead_id": after.id, "changed_fields": list(changed), **after.snapshot()}
            events.append(self._event("lead.updated", caller, data))
        if moved:
            data = {
                "lead_id": after.id,
                "old_status": before.status,
                "new_status": after.status,
            }
            events.append(self._event("lead.status_changed", caller, data))
        return events

    def _commit(
        self,
        caller: Caller,
        before: Lead,
        after: Lead | None,
        events: Sequence[Event],
        writes: Sequence[Write],
    ) -> None:
        tenant = caller.principal.tenant
        change = Change(
            tenant,
            EntityRef("lead", before.id),
            before.version,
            _state(tenant, after) if after else None,
            tuple(events),
        )
        answered = self._idempotency.writes(tenant, caller.attempt, lambda: _answer(before, after))
        try:
            written = commit(self._tables, self._table, change, [*writes, *answered])
        except TransactionRefusedError as refused:
            if WRITE in refused.labels:
                self._idempotency.check(tenant, caller.attempt)
            raise
        for event in written:
            get_event_bus().tell(event)

    def _retried(self, step: Callable[[], R]) -> R:
        for _ in range(_ATTEMPTS):
            try:
                return step()
            except VersionConflictError:
                continue  # read again; a caller who named a version then hears how the lead stands
        raise TablesBusyError("the lead is changed by many at once; try again")

    def _expected(self, caller: Caller, lead_id: str, right: Right) -> Lead:
        lead = self._read(caller.principal.tenant, lead_id)
        caller.principal.require_on(right, lead.owner_id)
        if caller.if_match not in (None, lead.version):
            raise PreconditionFailedError(self._placed(caller.principal.tenant, lead))
        return lead

    def _read(self, tenant: str, lead_id: str) -> Lead:
        key = {"pk": partition(tenant, EntityRef("lead", lead_id)), "sk": STATE}
        item = self._tables.get(self._table, key)
        if item is None:
            raise LeadNotFoundError(lead_id)
        return lead_of(item)

    def _placed(self, tenant: str, lead: Lead) -> Lead:
        return lead.model_copy(update={"card_order": self.board.position(tenant, lead)})

    def _rank(self, tenant: str, status: LeadStatus, wish: int | None, moving: str) -> str:
        if wish is None:
            return self.board.end(tenant, status)
        return self.board.rank_at(tenant, status, wish, moving)

    def _wishes_elsewhere(self, tenant: str, lead: Lead, wish: int | None) -> bool:
        return wish is not None and wish != self.board.position(tenant, lead)

    def _order(self, tenant: str, before: Lead, after: Lead) -> int:
        position = self.board.position(tenant, after)
        left_behind = before.status == after.status and before.rank < after.rank
        return position - 1 if left_behind else position

    def _event(self, event_type: str, caller: Caller, data: Mapping[str, Any]) -> Event:
        event = Event(event_type, data, {"actor": caller.principal.subject}, time=self._clock())
        told = caller.origin.tells(event)
        return told if told.causation_id else replace(told, causation_id=caller.request_id)


def _state(tenant: str, lead: Lead) -> dict[str, Any]:
    fields = lead.model_dump(exclude={"card_order", "version"}, exclude_none=True)
    fields["created_at"] = lead.created_at.isoformat()
    fields["updated_at"] = lead.updated_at.isoformat()
    return {**fields, "rank": lead.rank, **board_keys(tenant, lead)}


def _answer(before: Lead, after: Lead | None) -> Answer:
    if after is None:
        return Answer(204, "", None)
    status = 201 if before.version == 0 else 200
    return Answer(status, after.model_dump_json(), f'"{after.version}"')
