"""How a bus calls handlers: plain ones at once, asynchronous ones to their end."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable
from typing import Final

from shared.events.envelope import Event
from shared.events.subscriptions import Subscription

PATIENCE: Final = 30.0
"""Seconds. A plain handler that hangs holds its publisher: Python cannot take a call back."""

_log = logging.getLogger(__name__)


class Calls:
    """The calls of one bus; asynchronous ones in a running loop go on beside their publisher."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._running: set[asyncio.Task[None]] = set()

    def call(self, one: Subscription, event: Event) -> None:
        """Calls a handler; whatever it raises before it returns is the caller's."""
        answer = one.handler(event)
        if answer is None or not inspect.isawaitable(answer):
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            asyncio.run(self._finish(answer))
            return
        task = loop.create_task(self._finish(answer), name=one.name)
        self._running.add(task)
        task.add_done_callback(self._finished)

    async def settled(self) -> None:
        """Waits until what was called has ended."""
        while self._running:
            await asyncio.wait(tuple(self._running))

    async def _finish(self, answer: Awaitable[None]) -> None:
        async with asyncio.timeout(self._patience):
            await answer

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _log.error("asynchronous subscriber %s failed", task.get_name(), exc_info=error)
