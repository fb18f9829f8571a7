"""What became of a tenant's events, by day, consumer and type: counted in DynamoDB.

A process gathers what a batch of deliveries was, and adds it with one small write per tenant,
consumer and type of the batch. The figures are seconds old, and no ledger: a function that dies
between its effect and its figures leaves that batch uncounted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from shared.events.envelope import Event
from shared.events.metrics import EmfMetrics, Metrics, Outcome, type_and_topic
from shared.platform.clock import Clock, utc_now
from shared.platform.log import logger
from shared.platform.tables import Query, Tables

_KEPT: Final = timedelta(days=400)
_TIMED, _MILLISECONDS = "timed", "ms"

log = logger("figures")


@dataclass(frozen=True, slots=True, order=True)
class Figure:
    """What became of the events of one type at one consumer on one day."""

    day: str
    consumer: str
    event_type: str
    published: int = 0
    delivered: int = 0
    failed: int = 0
    """Attempts that failed and come again."""
    dead: int = 0
    """Given up; they are in quarantine."""
    mean_seconds: float | None = None
    """From the event to its effect."""


class Figures:
    """Gathers and adds; nothing that goes wrong here holds a delivery up."""

    def __init__(self, tables: Tables, table: str, clock: Clock = utc_now) -> None:
        self._tables, self._table, self._clock = tables, table, clock
        self._waiting: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))

    def record(
        self,
        tenant: str,
        outcome: Outcome,
        event_type: str,
        consumer: str,
        seconds: float | None = None,
    ) -> None:
        """Counts one event; what is counted stands once `add` was called."""
        name, _ = type_and_topic(event_type)
        counts = self._waiting[tenant, f"{self._clock().date()}#{consumer}#{name}"]
        counts[str(outcome)] += 1
        if seconds is not None:
            counts[_TIMED] += 1
            counts[_MILLISECONDS] += round(seconds * 1000)

    def add(self) -> None:
        """Adds what was gathered to what stands."""
        waiting, self._waiting = self._waiting, defaultdict(lambda: defaultdict(int))
        over = int((self._clock() + _KEPT).timestamp())
        for (tenant, row), counts in waiting.items():
            key = {"pk": f"{tenant}#figures", "sk": row}
            try:
                self._tables.add(self._table, key, counts, over)
            except Exception as error:  # the events themselves are safe
                log.warning("not counted", error_type=type(error).__name__, row=row)


@dataclass(frozen=True, slots=True)
class Flow:
    """Tells what becomes of events at one consumer: to the platform, and to their tenants."""

    consumer: str
    figures: Figures | None = None
    metrics: Metrics = field(default_factory=EmfMetrics)
    clock: Clock = utc_now

    def tell(self, outcome: Outcome, event: Event, tenant: str) -> None:
        """Counts what became of an event, and how long that took."""
        took = max(0.0, (self.clock() - event.time).total_seconds())
        self.metrics.record(outcome, *type_and_topic(event.event_type), self.consumer, took)
        if self.figures:
            timed = took if outcome in (Outcome.PUBLISHED, Outcome.DELIVERED) else None
            self.figures.record(tenant, outcome, event.event_type, self.consumer, timed)

    def dead(self, tenant: str, event_type: str) -> None:
        """Counts an event that was given up; the quarantine has told the platform."""
        if self.figures:
            self.figures.record(tenant, Outcome.DEAD, event_type, self.consumer)

    def add(self) -> None:
        """See `Figures.add`."""
        if self.figures:
            self.figures.add()


def figures(tables: Tables, table: str, tenant: str, first: date, last: date) -> Iterator[Figure]:
    """The figures of a tenant from a day to another, both included, in order."""
    end, start = str(last + timedelta(days=1)), None
    while True:
        page = tables.query(
            Query(table, ("pk", f"{tenant}#figures"), since=str(first), before=end, start=start)
        )
        yield from (_read(item) for item in page.items)
        start = page.next_start
        if start is None:
            return


def _read(item: Any) -> Figure:
    day, consumer, event_type = item["sk"].split("#", 2)
    counts = {str(name): int(item.get(str(name), 0)) for name in Outcome}
    timed = int(item.get(_TIMED, 0))
    mean = round(int(item[_MILLISECONDS]) / timed / 1000, 3) if timed else None
    return Figure(day, consumer, event_type, **counts, mean_seconds=mean)
