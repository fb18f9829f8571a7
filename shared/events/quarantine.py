"""Quarantine: where an event goes whose consumer failed for the last time.

It keeps consumer, node, reason and the message itself, so that an operator can see what happened,
mend it, and send the message to that consumer again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal

from pydantic import TypeAdapter

from shared.events.metrics import EmfMetrics, Outcome, type_and_topic
from shared.platform.clock import Clock, iso, utc_now
from shared.platform.metrics import QUARANTINED, count
from shared.platform.tables import FieldIs, Put, Query, Tables, TransactionRefusedError, Write

Status = Literal["quarantined", "redriven", "discarded"]

_STANDS: Final = FieldIs("status", "quarantined")
NO_TENANT: Final = "-"
"""Whose quarantine takes events that nobody could tell a tenant of: the platform's own."""


class NotInQuarantineError(Exception):
    """No such event is in quarantine, or somebody dealt with it meanwhile."""


def entry_id(event_id: str, consumer: str) -> str:
    """The id of an entry: a second failure of the same event and consumer is the same entry."""
    return f"{event_id}:{consumer}"


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One event that one consumer could not handle."""

    id: str
    """See `entry_id`."""
    tenant: str
    event_id: str
    event_type: str
    consumer: str
    node: str | None
    error: str
    attempts: int
    at: str
    queue_url: str
    body: str
    """The message as the queue delivered it."""
    status: Status = "quarantined"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Open entries of one consumer."""

    consumer: str
    error: str | None = None
    """Only those whose error holds this text."""
    event_type: str | None = None

    def has(self, entry: Quarantined) -> bool:
        """Whether an entry is among them."""
        return (
            entry.status == "quarantined"
            and entry.consumer == self.consumer
            and (self.error is None or self.error in entry.error)
            and (self.event_type is None or entry.event_type == self.event_type)
        )


_ENTRY = TypeAdapter(Quarantined)
_SWEPT: Final = 100


class Quarantine:
    """Reads and writes quarantined events of one tenant at a time."""

    def __init__(self, tables: Tables, table: str, clock: Clock = utc_now) -> None:
        self._tables = tables
        self._table = table
        self._clock = clock

    def add(self, entry: Quarantined) -> None:
        """Keeps an entry and counts it, so that somebody is woken.

        The same event and consumer again replaces what was there.
        """
        item = {**asdict(entry), "pk": entry.tenant, "sk": entry.id}
        self._tables.transact([Put(self._table, item)])
        count(QUARANTINED)
        EmfMetrics().record(Outcome.DEAD, *type_and_topic(entry.event_type), entry.consumer)

    def page(
        self, tenant: str, *, limit: int, start: Mapping[str, Any] | None = None
    ) -> tuple[list[Quarantined], Mapping[str, Any] | None]:
        """Newest first, with where the next page starts."""
        query = Query(self._table, ("pk", tenant), limit=limit, descending=True, start=start)
        page = self._tables.query(query)
        return [_ENTRY.validate_python(_fields(item)) for item in page.items], page.next_start

    def sweep(
        self,
        tenant: str,
        chosen: Chosen,
        act: Callable[[Quarantined], object],
        *,
        start: Mapping[str, Any] | None = None,
    ) -> tuple[int, Mapping[str, Any] | None]:
        """Does something with each open entry of one page that is chosen; how many, and the rest.

        Entries that somebody deals with meanwhile are theirs.
        """
        found, more = self.page(tenant, limit=_SWEPT, start=start)
        done = 0
        for entry in found:
            if chosen.has(entry):
                with suppress(NotInQuarantineError):
                    act(entry)
                    done += 1
        return done, more

    def of_event(self, tenant: str, event_id: str) -> list[Quarantined]:
        """The entries of one event, at whichever consumers."""
        first = entry_id(event_id, "")
        page = self._tables.query(
            Query(self._table, ("pk", tenant), since=first, before=f"{first[:-1]};")
        )
        return [_ENTRY.validate_python(_fields(item)) for item in page.items]

    def get(self, tenant: str, entry_id: str) -> Quarantined:
        """One entry.

        Raises:
            NotInQuarantineError: there is none.
        """
        item = self._tables.get(self._table, {"pk": tenant, "sk": entry_id})
        if item is None:
            raise NotInQuarantineError(f"{entry_id} is not in quarantine")
        return _ENTRY.validate_python(_fields(item))

    def redrive(
        self,
        tenant: str,
        entry_id: str,
        send: Callable[[str, str], None],
        also: Sequence[Write] = (),
    ) -> Quarantined:
        """Sends the message to its consumer's queue again with `send(queue_url, body)`.

        The message goes first: a crash in between sends it twice, and the inbox makes that one.
        `also` is written with the entry, e.g. that somebody did this.

        Raises:
            NotInQuarantineError: there is none, or it was dealt with.
        """
        entry = self._open(tenant, entry_id)
        send(entry.queue_url, entry.body)
        try:
            # Of this failure alone: a consumer that failed again meanwhile has written a later one.
            return self._close(entry, "redriven", also, FieldIs("at", entry.at))
        except NotInQuarantineError:
            return replace(entry, status="redriven")

    def discard(self, tenant: str, entry_id: str, also: Sequence[Write] = ()) -> Quarantined:
        """Gives an event up; it stays listed as discarded. `also` is written with the entry.

        Raises:
            NotInQuarantineError: there is none, or it was dealt with.
        """
        return self._close(self._open(tenant, entry_id), "discarded", also)

    def _open(self, tenant: str, entry_id: str) -> Quarantined:
        entry = self.get(tenant, entry_id)
        if entry.status != "quarantined":
            raise NotInQuarantineError(f"{entry_id} was {entry.status} before")
        return entry

    def _close(
        self, entry: Quarantined, status: Status, also: Sequence[Write], when: FieldIs = _STANDS
    ) -> Quarantined:
        item = {**asdict(entry), "status": status, "pk": entry.tenant, "sk": entry.id}
        item["closed_at"] = iso(self._clock())
        try:
            self._tables.transact([Put(self._table, item, when, label="quarantine"), *also])
        except TransactionRefusedError:
            raise NotInQuarantineError(f"{entry.id} was dealt with meanwhile") from None
        return _ENTRY.validate_python(_fields(item))


def _fields(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: item[name] for name in Quarantined.__dataclass_fields__ if name in item}
