"""How events flow: what was published, delivered, failed and given up, and how long it took.

Each figure is told by event type, topic and consumer; a backend is the consumer of what it takes.
"""

from __future__ import annotations

import bisect
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock
from typing import Any, Final, Protocol

BOUNDS: Final = (0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10.0, 60.0)
"""Seconds: the upper bounds of the classes that latencies are counted in."""
MOST: Final = 5_000
"""Rows of one tally; more are counted as `other`, for publishers choose types and topics."""
OTHER: Final = "other"


class Outcome(StrEnum):
    """What became of an event."""

    PUBLISHED = "published"
    DELIVERED = "delivered"
    FAILED = "failed"
    DEAD = "dead"
    """Given up; it is in quarantine."""


def type_and_topic(event_type: str) -> tuple[str, str]:
    """How the log names a type and its first topic: outside sources may send any name at all."""
    from shared.events.catalog.registry import UnknownEventTypeError, lookup

    try:
        kind = lookup(event_type)
    except UnknownEventTypeError:
        return OTHER, OTHER
    return kind.name, kind.topics[0] if kind.topics else OTHER


class Metrics(Protocol):
    """The port to metrics."""

    def record(
        self,
        outcome: Outcome,
        event_type: str,
        topic: str,
        consumer: str,
        seconds: float | None = None,
    ) -> None:
        """Counts one event, and how long it took where that is known."""


@dataclass(frozen=True, slots=True, order=True)
class Flow:
    """Whose figures a row is."""

    event_type: str
    topic: str
    consumer: str


class Row:
    """The figures of one flow."""

    def __init__(self) -> None:
        self.counts = dict.fromkeys(Outcome, 0)
        self.classes = [0] * (len(BOUNDS) + 1)
        """How many took up to each of `BOUNDS` and no less than the one before; then the rest."""
        self.seconds = 0.0

    def add(self, outcome: Outcome, seconds: float | None) -> None:
        """Counts one."""
        self.counts[outcome] += 1
        if seconds is not None:
            self.classes[bisect.bisect_left(BOUNDS, seconds)] += 1
            self.seconds += seconds

    def view(self) -> dict[str, Any]:
        """As JSON."""
        timed = sum(self.classes)
        mean = round(self.seconds / timed, 6) if timed else None
        return {**{str(name): n for name, n in self.counts.items()}, "mean_seconds": mean}


class Tally:
    """Metrics that stay in their process."""

    def __init__(self) -> None:
        self._rows: dict[Flow, Row] = {}
        self._lock = Lock()

    def record(
        self,
        outcome: Outcome,
        event_type: str,
        topic: str,
        consumer: str,
        seconds: float | None = None,
    ) -> None:
        """See `Metrics.record`."""
        flow = Flow(event_type, topic, consumer)
        with self._lock:
            if flow not in self._rows and len(self._rows) >= MOST:
                flow = Flow(OTHER, OTHER, OTHER)
            self._rows.setdefault(flow, Row()).add(outcome, seconds)

    def rows(self) -> Mapping[Flow, Row]:
        """Every flow with its figures, in order."""
        with self._lock:
            return dict(sorted(self._rows.items()))

    def view(self) -> list[dict[str, Any]]:
        """As JSON."""
        return [
            {"event_type": f.event_type, "topic": f.topic, "consumer": f.consumer, **row.view()}
            for f, row in self.rows().items()
        ]


class EmfMetrics:
    """Metrics as lines of the log, which CloudWatch reads."""

    def record(
        self,
        outcome: Outcome,
        event_type: str,
        topic: str,
        consumer: str,
        seconds: float | None = None,
    ) -> None:
        """See `Metrics.record`."""
        from shared.platform.metrics import flow_line

        milliseconds = None if seconds is None else seconds * 1000
        named = {"event_type": event_type, "topic": topic, "consumer": consumer}
        flow_line(f"Events{outcome.capitalize()}", milliseconds, named)
