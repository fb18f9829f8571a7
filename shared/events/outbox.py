"""The outbox: an entity's new state and its timeline entries, written in one transaction.

A timeline entry IS the event and the outbox item. The sparse index `pending` lists it until it
was relayed; the entity's version is the sequence of its last event, so two writers of one version
cannot both succeed.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from shared.events.catalog import lookup
from shared.events.claims import Claims, fitting
from shared.events.envelope import EntityRef, Event, from_wire
from shared.platform.clock import iso
from shared.platform.tables import (
    Absent,
    Delete,
    FieldIs,
    Item,
    Put,
    Query,
    Tables,
    TransactionRefusedError,
    Write,
)

SHARDS: Final = 8
"""Partitions of the index `pending`, so that no single one carries all writes."""
STATE: Final = "state"
_EVENT_PREFIX: Final = "event#"
_EVENTS_END: Final = "event$"
"""Sorts after every event."""
_SEQUENCE_WRITE: Final = "version"


class VersionConflictError(Exception):
    """Somebody changed the entity meanwhile; read it again."""


@dataclass(frozen=True, slots=True)
class Change:
    """One entity's step from a version to the next."""

    tenant: str
    entity: EntityRef
    version: int
    """The version that was read; 0 for an entity that is new."""
    state: Mapping[str, Any] | None
    """The whole new state; None removes it."""
    events: tuple[Event, ...]
    """What happened, at least one."""
    expires_at: int | None = None
    """Seconds since 1970 after which its events are kept no longer; nothing is: for good."""


def partition(tenant: str, entity: EntityRef) -> str:
    """The partition of an entity and its timeline."""
    return f"{tenant}#{entity.kind}#{entity.id}"


def commit(
    tables: Tables,
    table: str,
    change: Change,
    also: Sequence[Write] = (),
    states: str | None = None,
    claims: Claims | None = None,
) -> tuple[Event, ...]:
    """Writes state and events, with `also` in the same transaction; returns the events as written.

    `states` is the table of the state, where it is another than that of the events. Data that is
    large is left with `claims` first; what was left there for a transaction that failed is unseen.

    Raises:
        VersionConflictError: the entity is no longer at `change.version`.
        TransactionRefusedError: a condition of `also` did not hold.
        InvalidEventDataError: an event's data is not what its type allows.
        EventTooLargeError: an event is over the limit, or large and there are no claims.
    """
    events = tuple(
        fitting(_numbered(event, change, change.version + number), claims)
        for number, event in enumerate(change.events, start=1)
    )
    entries = [
        Put(table, _entry(event, change.expires_at), Absent(), label="timeline") for event in events
    ]
    try:
        tables.transact([_state_write(states or table, change), *entries, *also])
    except TransactionRefusedError as refused:
        # A retry of our own write would find its inbox or idempotency key first: those go before.
        if refused.labels <= {_SEQUENCE_WRITE, "timeline"}:
            raise VersionConflictError(
                f"{change.entity} changed meanwhile; read it again"
            ) from None
        raise
    return events


def timeline(
    tables: Tables,
    table: str,
    tenant: str,
    entity: EntityRef,
    *,
    limit: int,
    start: Mapping[str, Any] | None = None,
    after: int = 0,
) -> tuple[list[Event], Mapping[str, Any] | None]:
    """One page of an entity's events, oldest first, and where the next page starts.

    Args:
        after: only events with a higher sequence.
    """
    page = tables.query(
        Query(
            table,
            ("pk", partition(tenant, entity)),
            since=_sort(after + 1),
            before=_EVENTS_END,
            limit=limit,
            start=start,
        )
    )
    return [event_of(item) for item in page.items], page.next_start


def correlated(
    tables: Tables,
    table: str,
    tenant: str,
    correlation_id: str,
    *,
    limit: int,
    start: Mapping[str, Any] | None = None,
) -> tuple[list[Event], Mapping[str, Any] | None]:
    """One page of a tenant's events with one correlation id, over all entities, oldest first."""
    page = tables.query(
        Query(
            table,
            ("correlation_pk", _correlation(tenant, correlation_id)),
            sort="correlation_sk",
            index="correlation",
            limit=limit,
            start=start,
        )
    )
    return [event_of(item) for item in page.items], page.next_start


def event_of(item: Item) -> Event:
    """The event of a timeline entry."""
    return from_wire(item["event"])


def key_of(event: Event) -> dict[str, str]:
    """The key of an event's timeline entry."""
    if event.tenant is None or event.entity is None or event.sequence is None:
        raise ValueError(f"{event.id} was never in an outbox: tenant, entity or sequence is absent")
    return {"pk": partition(event.tenant, event.entity), "sk": _sort(event.sequence)}


def mark_relayed(tables: Tables, table: str, event: Event) -> None:
    """Takes an event out of the index `pending`."""
    tables.remove_fields(table, key_of(event), ["pending_pk", "pending_sk"])


def pending(tables: Tables, table: str, before: str, limit: int = 100) -> list[Event]:
    """Events written before a moment (as `iso` writes it) and not relayed yet, oldest first.

    The only read across tenants: it belongs to the platform and sees what it relays.
    """
    found: list[Event] = []
    for shard in range(SHARDS):
        page = tables.query(
            Query(
                table,
                ("pending_pk", _shard(shard)),
                sort="pending_sk",
                before=before,
                index="pending",
                limit=limit,
            )
        )
        found += [event_of(item) for item in page.items]
    return sorted(found, key=lambda event: (event.time, event.sequence or 0))


def _numbered(event: Event, change: Change, sequence: int) -> Event:
    kind = lookup(event.event_type)
    return replace(
        event,
        event_type=kind.name,
        data=kind.check(event.data),
        version=kind.version,
        topics=event.topics or kind.topics,
        tenant=change.tenant,
        entity=change.entity,
        sequence=sequence,
        correlation_id=event.correlation_id or event.id,
    )


def _state_write(table: str, change: Change) -> Write:
    key = {"pk": partition(change.tenant, change.entity), "sk": STATE}
    when = FieldIs("version", change.version) if change.version else Absent()
    if change.state is None:
        return Delete(table, key, when, label=_SEQUENCE_WRITE)
    version = change.version + len(change.events)
    return Put(table, {**change.state, **key, "version": version}, when, label=_SEQUENCE_WRITE)


def _entry(event: Event, expires_at: int | None) -> Item:
    shard = zlib.crc32(str(event.entity).encode()) % SHARDS
    moment = f"{iso(event.time)}#{event.id}"
    return {
        **key_of(event),
        "event": event.to_wire(),
        "type": event.event_type,
        "pending_pk": _shard(shard),
        "pending_sk": moment,
        "correlation_pk": _correlation(event.tenant, event.correlation_id),
        "correlation_sk": moment,
        **({} if expires_at is None else {"expires_at": expires_at}),
    }


def _correlation(tenant: str | None, correlation_id: str | None) -> str:
    return f"{tenant}#{correlation_id}"


def _shard(number: int) -> str:
    return f"pending#{number}"


def _sort(sequence: int) -> str:
    return f"{_EVENT_PREFIX}{sequence:012d}"
