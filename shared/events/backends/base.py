"""What a backend is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from shared.events.envelope import Event


class EventNotPublishedError(Exception):
    """The backend could not take the event; whoever has it keeps it and tries again."""


class EventBackend(ABC):
    """Carries events away from a bus."""

    @abstractmethod
    def publish(self, event: Event, topics: Sequence[str] | None = None) -> None:
        """Takes one event.

        Raises:
            EventNotPublishedError: it was not taken.
        """
