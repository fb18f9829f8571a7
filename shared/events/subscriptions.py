"""Who listens on a bus: a handler, and which events it wants in which form."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from shared.events.envelope import Event
from shared.events.patterns import Pattern

Handler = Callable[[Event], Awaitable[None] | None]
Transform = Callable[[Event], Event | None]
"""Gives the event as a handler shall see it, or None to keep it from the handler."""


class Told:
    """An event that is told to several, and its form on the wire, made once if a filter asks."""

    def __init__(self, event: Event) -> None:
        self.event = event

    @cached_property
    def wire(self) -> Mapping[str, Any]:
        """What filters are asked of."""
        return self.event.wire()


@dataclass(slots=True, eq=False)
class Subscription:
    """One handler on one topic."""

    handler: Handler
    where: Pattern | None = None
    transform: Transform | None = None
    ended: bool = False
    """Set by `unsubscribe`: who leaves while an event is told is not called any more."""

    @property
    def name(self) -> str:
        """How logs and metrics call it; partials and callable objects have a name too."""
        return handler_name(self.handler)

    def shown(self, told: Told) -> Event | None:
        """The event as the handler shall see it; None if it does not want it."""
        if self.where is not None and not self.where.matches(told.wire):
            return None
        return self.transform(told.event) if self.transform else told.event


def handler_name(handler: object) -> str:
    """The name of a function, of what a partial wraps, or of a callable object's class."""
    inner = getattr(handler, "func", handler)
    return str(getattr(inner, "__qualname__", None) or type(inner).__qualname__)
