"""A backend that gathers events and hands them on together."""

from __future__ import annotations

import atexit
import logging
from collections.abc import Sequence
from dataclasses import replace
from threading import Condition, Lock, Thread
from typing import Final

from shared.events.backends.base import EventBackend, EventNotPublishedError
from shared.events.envelope import Event

MOST: Final = 10_000

_log = logging.getLogger(__name__)


class BatchEventBackend(EventBackend):
    """Hands events on in their order, when enough are there or the oldest waited long enough.

    What the backend behind it refuses stays, first in line, until the next interval. When as many
    wait as are allowed, a publisher hands them on itself, and is refused if it cannot. `close`
    hands on what is left; the end of the process calls it.
    """

    def __init__(
        self,
        backend: EventBackend,
        batch_size: int = 100,
        flush_interval: float = 5.0,
        most: int = MOST,
    ) -> None:
        if not 1 <= batch_size <= most:
            raise ValueError(f"batch_size is {batch_size}; choose from 1 to {most}")
        self._backend = backend
        self._size = batch_size
        self._most = most
        self._batch: list[Event] = []
        self._changed = Condition()
        self._sending = Lock()
        self._refused = False
        self._closed = False
        self._thread = Thread(target=self._watch, args=(flush_interval,), daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def __len__(self) -> int:
        return len(self._batch)

    def publish(self, event: Event, topics: Sequence[str] | None = None) -> None:
        """See `EventBackend.publish`; taken means kept, not yet handed on."""
        chosen = tuple(topics or event.topics)
        kept = event if chosen == event.topics else replace(event, topics=chosen)
        if len(self._batch) >= self._most:
            self.flush()
        with self._changed:
            if self._closed or len(self._batch) >= self._most:
                why = "closed" if self._closed else f"{self._most} events wait already"
                raise EventNotPublishedError(f"{event.event_type} {event.id}: {why}")
            self._batch.append(kept)
            if len(self._batch) >= self._size:
                self._changed.notify_all()

    def flush(self) -> bool:
        """Hands on what waits; whether nothing of it was refused."""
        with self._sending:
            with self._changed:
                events = tuple(self._batch)
            failed = self._backend.publish_all(events).failed if events else ()
            with self._changed:
                self._batch[: len(events)] = [event for event, _ in failed]
                self._refused = bool(failed)
        if failed:
            _log.error("%d of %d events wait on: %s", len(failed), len(events), failed[0][1])
        return not failed

    def close(self) -> None:
        """Takes no more and hands on what is left.

        Raises:
            EventNotPublishedError: some were refused; they stay, and `flush` may be called again.
        """
        atexit.unregister(self.close)
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join()
        if not self.flush():
            raise EventNotPublishedError(f"{len(self._batch)} events could not be handed on")

    def _due(self) -> bool:
        return self._closed or (len(self._batch) >= self._size and not self._refused)

    def _watch(self, interval: float) -> None:
        while not self._closed:
            with self._changed:
                self._changed.wait_for(self._due, interval)
            if not self._closed:
                self.flush()
