"""The event bus of a process: a backend that carries events on, and subscribers beside it.

Subscriptions live in their process. What must outlive a process is a durable consumer: a rule, a
queue and a function.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from shared.events.backends.base import EventBackend
from shared.events.backends.noop import NoOpEventBackend
from shared.events.envelope import Event

Handler = Callable[[Event], Awaitable[None] | None]

_log = logging.getLogger(__name__)


class EventBus:
    """Publishes to its backend, then to its own subscribers; one failing handler stops no other."""

    def __init__(self, backend: EventBackend | None = None) -> None:
        self.backend: EventBackend = backend or NoOpEventBackend()
        self._subscribers: dict[str, list[Handler]] = {}

    def subscribe(self, topic: str, handler: Handler) -> None:
        """Calls `handler` for events on `topic`; a second subscription of the same is one."""
        handlers = self._subscribers.setdefault(topic, [])
        if handler not in handlers:
            handlers.append(handler)

    def unsubscribe(self, topic: str, handler: Handler) -> None:
        """The inverse of `subscribe`; an unknown handler is no error."""
        if handler in (handlers := self._subscribers.get(topic, [])):
            handlers.remove(handler)

    def publish(self, event: Event, topics: Iterable[str] | None = None) -> None:
        """To the backend, then once to every subscriber of the topics (or of the event's own).

        Raises:
            EventNotPublishedError: the backend could not take it; subscribers are not told.
        """
        chosen = tuple(topics or event.topics or _own_topics(event))
        self.backend.publish(event, chosen)
        self.tell(event, chosen)

    def tell(self, event: Event, topics: Iterable[str] | None = None) -> None:
        """To the subscribers only: the event is already on its way."""
        chosen = tuple(topics or event.topics or _own_topics(event))
        handlers = dict.fromkeys(
            handler for topic in chosen for handler in self._subscribers.get(topic, ())
        )
        for handler in list(handlers):
            try:
                _call(handler, event)
            except Exception:  # a subscriber's fault is its own
                _log.exception("subscriber failed for %s %s", event.event_type, event.id)


def _call(handler: Handler, event: Event) -> None:
    answer = handler(event)
    if not inspect.isawaitable(answer):
        return
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(_finish(answer))
    else:
        _background.add(task := loop.create_task(_finish(answer)))
        task.add_done_callback(_finished)


async def _finish(answer: Awaitable[None]) -> None:
    await answer


def _finished(task: asyncio.Task[None]) -> None:
    _background.discard(task)
    if not task.cancelled() and (error := task.exception()):
        _log.error("asynchronous subscriber failed", exc_info=error)


_background: set[asyncio.Task[None]] = set()


def _own_topics(event: Event) -> tuple[str, ...]:
    from shared.events.catalog.registry import UnknownEventTypeError, lookup

    try:
        return lookup(event.event_type).topics
    except UnknownEventTypeError:
        return (event.event_type.partition(".")[0],)


_process_bus = EventBus()


def get_event_bus() -> EventBus:
    """The bus of this process."""
    return _process_bus


def set_event_bus(bus: EventBus) -> EventBus:
    """Replaces the bus of this process and returns the one before."""
    global _process_bus
    before, _process_bus = _process_bus, bus
    return before


def publish_event(
    event_type: str,
    data: Mapping[str, Any],
    topics: Iterable[str] | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> Event:
    """Publishes on the bus of this process and returns the event."""
    event = Event(event_type, dict(data), dict(metadata or {}))
    get_event_bus().publish(event, topics)
    return event
