"""What a consumer is told beside the event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from shared.consumers.declaration import Outlet, Place
from shared.events.envelope import Event
from shared.platform.clock import Clock, utc_now
from shared.platform.tables import Tables


def _nowhere(outlet: Outlet, body: str) -> None:
    raise KeyError(f"it does not declare that it sends to {outlet}; add it to its sends")


@dataclass(frozen=True, slots=True)
class Context:
    """One handling of one event."""

    tenant: str
    consumer: str
    attempt: int
    key: str
    """The same at every attempt: what is called outside knows the second call by it."""
    tables: Tables
    places: Mapping[Place, str]
    replay: str | None = None
    """The replay that sends the event again, if one does."""
    clock: Clock = utc_now
    send: Callable[[Outlet, str], None] = _nowhere
    """Sends a message to one of the queues that the consumer declared."""
    on_bus: Event | None = None
    """The event as it came: what is personal sealed, what is large elsewhere."""
    afterwards: list[Callable[[], None]] = field(default_factory=list)

    def after(self, call: Callable[[], None]) -> None:
        """Calls something once the writes stand.

        A process that dies in between never does: what hangs on it needs another way as well.
        """
        self.afterwards.append(call)

    def table(self, place: Place) -> str:
        """The name of a table that the consumer declared to need."""
        if place not in self.places:
            raise KeyError(f"{self.consumer} does not declare {place}; add it to its needs")
        return self.places[place]
