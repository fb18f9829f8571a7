"""How a bus calls handlers: plain ones at once, asynchronous ones to their end."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Final

from shared.events.envelope import Event
from shared.events.subscriptions import Subscription

PATIENCE: Final = 30.0
"""Seconds. A plain handler that hangs holds its publisher: Python cannot take a call back."""

Ended = Callable[[BaseException | None], None]
"""Is told once that a call is over, and what it raised."""


class Calls:
    """The calls of one bus; asynchronous ones in a running loop go on beside their publisher."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._running: set[asyncio.Task[None]] = set()

    def call(self, one: Subscription, event: Event, ended: Ended) -> None:
        """Calls a handler; what it raises goes to `ended`."""
        try:
            answer = one.handler(event)
            if answer is not None and inspect.isawaitable(answer):
                self._await(answer, one.name, ended)
                return
        except Exception as error:
            ended(error)
        else:
            ended(None)

    async def settled(self) -> None:
        """Waits until what was called has ended."""
        while self._running:
            await asyncio.wait(tuple(self._running))

    def _await(self, answer: Awaitable[None], name: str, ended: Ended) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            asyncio.run(self._finish(answer))
            ended(None)
            return

        def over(task: asyncio.Task[None]) -> None:
            self._running.discard(task)
            ended(asyncio.CancelledError() if task.cancelled() else task.exception())

        task = loop.create_task(self._finish(answer), name=name)
        self._running.add(task)
        task.add_done_callback(over)

    async def _finish(self, answer: Awaitable[None]) -> None:
        async with asyncio.timeout(self._patience):
            await answer
