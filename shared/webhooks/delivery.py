"""One event on its way to one endpoint.

waiting ──> delivered         its next try is due at a moment; the step counts every change
   ├──────> failed            no try is left, or the endpoint is disabled; can be sent again
   └──────> cancelled         its endpoint was deleted
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from pydantic import TypeAdapter

from shared.events.envelope import Event
from shared.platform.clock import iso
from shared.platform.tables import Absent, FieldIs, Item, Put
from shared.webhooks import rows

Status = Literal["waiting", "delivered", "failed", "cancelled"]
STATUSES: Final[tuple[Status, ...]] = ("waiting", "delivered", "failed", "cancelled")
WRITE: Final = "delivery"
_REMEMBERED: Final = 20
"""Tries of which the log tells."""


@dataclass(frozen=True, slots=True)
class Try:
    """One try, and what came of it."""

    number: int
    at: str
    ms: int
    status_code: int | None = None
    error: str | None = None
    excerpt: str | None = None
    """The beginning of the answer's body."""

    @property
    def succeeded(self) -> bool:
        """Whether the endpoint took the event."""
        return self.error is None and 200 <= (self.status_code or 0) < 300


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery and its log."""

    id: str
    tenant: str
    endpoint_id: str
    event_id: str
    event_type: str
    created_at: str
    expires_at: int
    status: Status = "waiting"
    due_at: str | None = None
    """When it is tried next."""
    looked_at: str | None = None
    """When the sweeper looks after it, should its message be lost."""
    attempts: int = 0
    """Tries in all; one that was begun counts."""
    tries: int = 0
    """Tries since it was last asked for."""
    step: int = 1
    log: tuple[Try, ...] = ()
    why: str | None = None
    """Why nothing more is sent."""
    ended_at: str | None = None
    test: bool = False

    def waits(self, due: datetime, looked: datetime, **changes: Any) -> Delivery:
        """Tried next at a moment."""
        return replace(
            self, status="waiting", step=self.step + 1, due_at=iso(due), looked_at=iso(looked),
            ended_at=None, why=None, **changes,
        )  # fmt: skip

    def ends(self, status: Status, now: datetime, why: str | None, **changes: Any) -> Delivery:
        """Not tried any more."""
        return replace(
            self, status=status, step=self.step + 1, due_at=None, looked_at=None,
            ended_at=iso(now), why=why, **changes,
        )  # fmt: skip

    def logged(self, one: Try) -> tuple[Try, ...]:
        """The log with one more try."""
        return (*self.log, one)[-_REMEMBERED:]

    def write(self, table: str, step: int | None = None) -> Put:
        """The write of it, on the condition that it stands at a step; None is a new one."""
        kept = {name: value for name, value in asdict(self).items() if value is not None}
        item: Item = {**rows.delivery_key(self.tenant, self.endpoint_id, self.id), **kept}
        item["log"] = [
            {name: value for name, value in asdict(one).items() if value is not None}
            for one in self.log
        ]
        if self.looked_at is not None:
            item |= {"due_pk": rows.shard(self.id), "due_sk": f"{self.looked_at}#{self.id}"}
        when = Absent() if step is None else FieldIs("step", step)
        return Put(table, item, when, label=WRITE)


_DELIVERY: Final = TypeAdapter(Delivery)


def of(item: Item) -> Delivery:
    """The delivery of a row."""
    return _DELIVERY.validate_python(
        {name: item[name] for name in Delivery.__dataclass_fields__ if name in item}
    )


def delivery_id(event: Event) -> str:
    """The same for an event whenever it comes; sorts by the event's time."""
    return f"{moment(event.time)}-{event.id}"


def moment(time: datetime) -> str:
    """A time as ids of deliveries begin with it."""
    return f"{max(0, round(time.timestamp() * 1000)):012x}"


def new(
    tenant: str, endpoint_id: str, event: Event, now: datetime, grace: timedelta, *,
    test: bool = False,
) -> Delivery:  # fmt: skip
    """A delivery that is due at once; its message is looked after when the grace is over."""
    return Delivery(
        delivery_id(event), tenant, endpoint_id, event.id, event.event_type, iso(now),
        int((now + rows.KEPT).timestamp()), due_at=iso(now), looked_at=iso(now + grace), test=test,
    )  # fmt: skip
