"""A backend that carries every event to several others."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from shared.events.backends.base import EventBackend, EventNotPublishedError
from shared.events.envelope import Event

_log = logging.getLogger(__name__)


class FanOutEventBackend(EventBackend):
    """Each backend gets the event, whatever becomes of the others; failures are logged."""

    def __init__(self, backends: Sequence[EventBackend], needed: Sequence[int] = ()) -> None:
        """`needed` are places in `backends` whose failure is the publisher's, the first being 0."""
        if not backends:
            raise ValueError("backends is empty; name one or more")
        if wrong := [place for place in needed if place not in range(len(backends))]:
            raise ValueError(f"needed names {wrong}; there are 0 to {len(backends) - 1}")
        self.backends = tuple(backends)
        self._needed = frozenset(needed)

    def publish(self, event: Event, topics: Sequence[str] | None = None) -> None:
        """See `EventBackend.publish`; refused only if every backend or a needed one failed."""
        failed: dict[int, str] = {}
        for place, backend in enumerate(self.backends):
            try:
                backend.publish(event, topics)
            except Exception as error:  # one backend's fault is its own
                failed[place] = f"{type(backend).__name__}: {error}"
                _log.exception("%s %s: not by %s", event.event_type, event.id, failed[place])
        if len(failed) == len(self.backends) or self._needed & failed.keys():
            raise EventNotPublishedError("; ".join(failed.values()))
