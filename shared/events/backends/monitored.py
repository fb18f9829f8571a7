"""A backend that counts what goes through another one, and how long that takes."""

from __future__ import annotations

import time
from collections.abc import Sequence

from shared.events.backends.base import EventBackend
from shared.events.envelope import Event
from shared.events.metrics import EmfMetrics, Metrics, Outcome


class MonitoredEventBackend(EventBackend):
    """Counts per type, topic and backend; the figures go to the log unless told otherwise."""

    def __init__(
        self, backend: EventBackend, metrics: Metrics | None = None, name: str | None = None
    ) -> None:
        """`name` is how the metrics call the backend; its class, unless told."""
        self._backend = backend
        self._metrics = metrics or EmfMetrics()
        self._name = name or type(backend).__name__

    def publish(self, event: Event, topics: Sequence[str] | None = None) -> None:
        """See `EventBackend.publish`."""
        begun = time.perf_counter()
        try:
            self._backend.publish(event, topics)
        except Exception:
            self._count(Outcome.FAILED, event, topics, begun)
            raise
        self._count(Outcome.PUBLISHED, event, topics, begun)

    def _count(
        self, outcome: Outcome, event: Event, topics: Sequence[str] | None, begun: float
    ) -> None:
        seconds = time.perf_counter() - begun
        for topic in topics or event.topics or ("default",):
            self._metrics.record(outcome, event.event_type, topic, self._name, seconds)
