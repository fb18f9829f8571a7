"""A function that consumes events, with its declaration."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from shared.consumers.context import Context
from shared.consumers.declaration import Declaration
from shared.events.envelope import Event
from shared.platform.tables import Write

Effects = Sequence[Write] | None
Work = Callable[[Event, Context], Effects | Awaitable[Effects]]


class DeclaredWork:
    """A function with its declaration; called, it is the function."""

    def __init__(self, work: Work, declaration: Declaration) -> None:
        self.work = work
        self.declaration = declaration

    def __call__(self, event: Event, context: Context) -> Effects | Awaitable[Effects]:
        """What the function makes of an event."""
        return self.work(event, context)
