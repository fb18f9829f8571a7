"""Replays: events of the log, sent again straight to one consumer's queue.

What the consumer handled before, it does not handle again: a replay brings what it missed, and a
consumer under a new name everything. A replay is a job that goes in steps; each step sends a page,
notes how far it came, and asks for the next one after a pause that keeps the rate. A step that dies
is taken again, and the consumer's inbox makes what was sent twice one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final, Literal

from pydantic import TypeAdapter

from shared.events.log import Wanted
from shared.platform.clock import Clock, iso, utc_now
from shared.platform.ids import new_id
from shared.platform.tables import (
    Absent,
    FieldIs,
    Put,
    Query,
    Tables,
    TransactionRefusedError,
    Write,
)

Status = Literal["running", "done", "cancelled", "failed"]

FASTEST: Final = 200
"""Events a second; a step sends at most so many."""


class ReplayNotFoundError(Exception):
    """No such replay."""


class ReplayConflictError(Exception):
    """The replay is not what the caller takes it for; the message says how it stands."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to be replayed."""

    consumer: str
    since: datetime
    until: datetime
    type: str | None = None
    effects: bool = False
    """Whether effects outside shall happen again."""
    per_second: int = 50


@dataclass(frozen=True, slots=True)
class Replay:
    """A replay and how far it is."""

    id: str
    tenant: str
    by: str
    consumer: str
    type: str | None
    since: datetime
    until: datetime
    effects: bool
    per_second: int
    started_at: datetime
    status: Status = "running"
    sent: int = 0
    """Events that were put into the consumer's queue."""
    passed: int = 0
    """Events in the window that the consumer does not hear."""
    reached: str = ""
    """The place in the log up to which it is done."""
    step: int = 0
    ended_at: datetime | None = None
    error: str | None = None

    @property
    def wanted(self) -> Wanted:
        """Its events in the log."""
        return Wanted(self.type, None, self.since, self.until)


_REPLAY: Final = TypeAdapter(Replay)


class Replays:
    """The replays of tenants, beside their event log."""

    def __init__(self, tables: Tables, table: str, clock: Clock = utc_now) -> None:
        self._tables = tables
        self._table = table
        self._clock = clock

    def start(self, tenant: str, by: str, asked: Asked, also: Callable[[Replay], Put]) -> Replay:
        """A new replay; whoever calls sends its first step on its way.

        Args:
            also: a write of the same transaction, e.g. of the audit.
        """
        made = Replay(new_id(), tenant, by, **asdict(asked), started_at=self._clock())
        self._tables.transact([self._put(made, None), also(made)])
        return made

    def get(self, tenant: str, replay_id: str) -> Replay:
        """One replay.

        Raises:
            ReplayNotFoundError: this tenant has no such replay.
        """
        item = self._tables.get(self._table, _key(tenant, replay_id))
        if item is None:
            raise ReplayNotFoundError(f"there is no replay {replay_id}")
        return _of(item)

    def page(
        self, tenant: str, *, limit: int, start: Mapping[str, Any] | None = None
    ) -> tuple[list[Replay], Mapping[str, Any] | None]:
        """Replays, the latest first, with where the next page starts."""
        query = Query(
            self._table, ("pk", _partition(tenant)), limit=limit, start=start, descending=True
        )
        page = self._tables.query(query)
        return [_of(item) for item in page.items], page.next_start

    def cancel(self, tenant: str, replay_id: str, also: Sequence[Write] = ()) -> Replay:
        """Ends a replay after the page that it may be sending now; `also` is written with it.

        Raises:
            ReplayConflictError: it has ended.
        """
        found = self._running(tenant, replay_id)
        return self.move(found, also, status="cancelled", ended_at=self._clock())

    def resumed(self, tenant: str, replay_id: str, also: Sequence[Write] = ()) -> Replay:
        """A replay whose step was lost or that failed, ready for its next step; with `also`.

        Raises:
            ReplayConflictError: it is done or was cancelled.
        """
        found = self.get(tenant, replay_id)
        if found.status not in ("running", "failed"):
            raise ReplayConflictError(f"{replay_id} is {found.status}; start another one")
        return self.move(found, also, status="running", ended_at=None, error=None)

    def move(self, before: Replay, also: Sequence[Write] = (), /, **changes: Any) -> Replay:
        """Notes a step, on the condition that nobody was faster.

        Raises:
            ReplayConflictError: somebody was, or cancelled it.
        """
        after = replace(before, step=before.step + 1, **changes)
        try:
            self._tables.transact([self._put(after, before.step), *also])
        except TransactionRefusedError:
            raise ReplayConflictError(f"{before.id} went on meanwhile; look again") from None
        return after

    def _running(self, tenant: str, replay_id: str) -> Replay:
        found = self.get(tenant, replay_id)
        if found.status != "running":
            raise ReplayConflictError(f"{replay_id} is {found.status}")
        return found

    def _put(self, one: Replay, step: int | None) -> Put:
        when = Absent() if step is None else FieldIs("step", step)
        kept = {name: value for name, value in asdict(one).items() if value is not None}
        for name in ("since", "until", "started_at", "ended_at"):
            if name in kept:
                kept[name] = iso(kept[name])
        return Put(self._table, {**_key(one.tenant, one.id), **kept}, when, label="replay")


def _of(item: Mapping[str, Any]) -> Replay:
    told = {name: item[name] for name in Replay.__dataclass_fields__ if name in item}
    return _REPLAY.validate_python({"type": None, **told})


def _partition(tenant: str) -> str:
    return f"{tenant}#replays"


def _key(tenant: str, replay_id: str) -> dict[str, str]:
    return {"pk": _partition(tenant), "sk": replay_id}
