"""The event bus of a process: a backend that carries events on, and subscribers beside it.

Subscriptions live in their process. What must outlive a process is a durable consumer: a rule, a
queue and a function.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping
from threading import RLock
from typing import Any, Final

from shared.events.backends.base import EventBackend, EventNotPublishedError
from shared.events.backends.noop import NoOpEventBackend
from shared.events.calling import PATIENCE, Calls
from shared.events.envelope import Event, UnfitEventError
from shared.events.metrics import Metrics, Outcome
from shared.events.patterns import Pattern
from shared.events.subscriptions import Handler, Subscription, Told, Transform

_log = logging.getLogger(__name__)


class EventBus:
    """Publishes to its backend, then to its own subscribers; one failing handler stops no other."""

    def __init__(
        self,
        backend: EventBackend | None = None,
        patience: float = PATIENCE,
        metrics: Metrics | None = None,
    ) -> None:
        """A bus.

        Args:
            patience: how many seconds an asynchronous handler may take.
            metrics: is told how each handler fared.
        """
        self.backend: EventBackend = backend or NoOpEventBackend()
        self._subscribers: dict[str, tuple[Subscription, ...]] = {}
        self._changing = RLock()
        self._calls = Calls(patience)
        self._metrics = metrics

    def subscribe(
        self,
        topic: str,
        handler: Handler,
        *,
        where: Pattern | Mapping[str, Any] | None = None,
        transform: Transform | None = None,
    ) -> None:
        """Calls `handler` for events on `topic`; a second subscription of the same is one.

        Args:
            where: an event pattern over the CloudEvent, e.g. `{"data": {"score": [{"numeric":
                [">", 80]}]}}`.
            transform: gives the event as the handler shall see it, or None to keep it from it.

        Raises:
            InvalidPatternError: `where` does not parse.
        """
        wanted = Pattern(where) if isinstance(where, Mapping) else where
        with self._changing:
            before = self._subscribers.get(topic, ())
            if not any(one.handler == handler for one in before):
                new = Subscription(handler, wanted, transform)
                self._subscribers[topic] = (*before, new)

    def unsubscribe(self, topic: str, handler: Handler) -> None:
        """The inverse of `subscribe`; an unknown handler is no error."""
        with self._changing:
            before = self._subscribers.get(topic, ())
            for one in before:
                one.ended = one.ended or one.handler == handler
            if left := tuple(one for one in before if not one.ended):
                self._subscribers[topic] = left
            else:
                self._subscribers.pop(topic, None)

    def publish(self, event: Event, topics: Iterable[str] | None = None) -> None:
        """To the backend, then once to every subscriber of the topics (or of the event's own).

        Raises:
            EventNotPublishedError: the backend could not take it; subscribers are not told.
            UnfitEventError: a strict backend finds it wrong; subscribers are not told.
        """
        chosen = _chosen(event, topics)
        try:
            self.backend.publish(event, chosen)
        except (EventNotPublishedError, UnfitEventError):
            raise
        except Exception as error:
            raise EventNotPublishedError(
                f"{event.event_type} {event.id}: {type(self.backend).__name__}: {error!r}"
            ) from error
        self._tell(event, chosen)

    def tell(self, event: Event, topics: Iterable[str] | None = None) -> None:
        """To the subscribers only: the event is already on its way."""
        self._tell(event, _chosen(event, topics))

    async def settled(self) -> None:
        """Waits for the asynchronous handlers that were called in the running loop."""
        await self._calls.settled()

    def _tell(self, event: Event, topics: tuple[str, ...]) -> None:
        telling = Told(event)
        told: list[Handler] = []
        for topic in topics:
            for one in self._subscribers.get(topic, ()):
                if not one.ended and one.handler not in told and self._reach(one, telling, topic):
                    told.append(one.handler)

    def _reach(self, one: Subscription, telling: Told, topic: str) -> bool:
        """Whether the handler wanted the event; a subscriber's fault is its own."""
        event = telling.event
        begun = time.perf_counter()

        def ended(error: BaseException | None) -> None:
            if error is not None:
                _log.error(
                    "subscriber failed for %s %s: %s",
                    event.event_type, event.id, one.name, exc_info=error,
                )  # fmt: skip
            if self._metrics is not None:
                outcome = Outcome.FAILED if error else Outcome.DELIVERED
                seconds = time.perf_counter() - begun
                self._metrics.record(outcome, event.event_type, topic, one.name, seconds)

        try:
            shown = one.shown(telling)
        except Exception as error:
            ended(error)
            return True
        if shown is None:
            return False
        self._calls.call(one, shown, ended)
        return True


def _chosen(event: Event, topics: Iterable[str] | None) -> tuple[str, ...]:
    if isinstance(topics, str):
        raise TypeError(f"topics is the text {topics!r}; write topics=[{topics!r}]")
    return tuple(topics or ()) or event.topics or own_topics(event)


def own_topics(event: Event) -> tuple[str, ...]:
    """The topics of an event's type; of a type that nobody declared, its entity."""
    from shared.events.catalog.registry import UnknownEventTypeError, lookup

    try:
        return lookup(event.event_type).topics
    except UnknownEventTypeError:
        return (event.event_type.partition(".")[0],)


_global_event_bus: EventBus | None = None
_FIRST: Final = RLock()


def get_event_bus() -> EventBus:
    """The bus of this process; at its first use it is made as settings say.

    Raises:
        EventBusConfigurationError: they make no backend.
    """
    global _global_event_bus
    if _global_event_bus is None:
        from shared.events.configured import EventBusSettings, backend_of

        with _FIRST:
            if _global_event_bus is None:
                _global_event_bus = EventBus(backend_of(EventBusSettings()))
    return _global_event_bus


def set_event_bus(bus: EventBus | None) -> EventBus | None:
    """Replaces the bus of this process and returns the one before; None: settings say anew."""
    global _global_event_bus
    before, _global_event_bus = _global_event_bus, bus
    return before


def publish_event(
    event_type: str,
    data: Mapping[str, Any],
    topics: Iterable[str] | None = None,
    metadata: Mapping[str, Any] | None = None,
    *,
    tenant: str | None = None,
) -> Event:
    """Publishes on the bus of this process and returns the event; see `EventBus.publish`.

    `tenant` is the verified caller's, never a request's own word.
    """
    event = Event(event_type, dict(data), dict(metadata or {}), tenant=tenant)
    get_event_bus().publish(event, topics)
    return event
