"""What a backend is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from shared.events.envelope import Event


class EventNotPublishedError(Exception):
    """The backend could not take the event; whoever has it keeps it and tries again."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a batch: every event is in exactly one of the two."""

    published: tuple[Event, ...]
    failed: tuple[tuple[Event, str], ...]
    """Events with the reason."""


class EventBackend(ABC):
    """Carries events away from a bus."""

    @abstractmethod
    def publish(self, event: Event, topics: Sequence[str] | None = None) -> None:
        """Takes one event.

        Raises:
            EventNotPublishedError: it was not taken.
        """

    def publish_all(self, events: Sequence[Event]) -> Receipt:
        """Publishes in order under the events' own topics, up to the first that is not taken."""
        for done, event in enumerate(events):
            try:
                self.publish(event, event.topics or None)
            except Exception as error:
                left = ((later, "an earlier event was not taken") for later in events[done + 1 :])
                return Receipt(tuple(events[:done]), ((event, str(error)), *left))
        return Receipt(tuple(events), ())
