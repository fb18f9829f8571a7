"""A backend for tests."""

from __future__ import annotations

from collections.abc import Sequence

from shared.events.backends.base import EventBackend
from shared.events.envelope import Event


class InMemoryEventBackend(EventBackend):
    """Keeps every event in the order of publication."""

    def __init__(self) -> None:
        self._events: list[tuple[Event, tuple[str, ...]]] = []

    def publish(self, event: Event, topics: Sequence[str] | None = None) -> None:
        """See `EventBackend.publish`."""
        self._events.append((event, tuple(topics or ())))

    def get_events(self, event_type: str | None = None) -> list[Event]:
        """All events, or those of one type."""
        return [e for e, _ in self._events if event_type in (None, e.event_type)]

    def clear(self) -> None:
        """Forgets everything."""
        self._events.clear()
