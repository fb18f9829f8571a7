"""Threads that a hanging node cannot take down with it.

The threads are daemons: one that never comes back keeps neither the process from ending nor, once
its time is up, its place in the pool.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable
from typing import Any


class Threads:
    """At most so many calls at a time, each in a thread."""

    def __init__(self, workers: int = 10) -> None:
        """Takes the number of calls that may run at once."""
        self._free = asyncio.Semaphore(workers)

    async def run(self, function: Callable[[], Any]) -> Any:
        """What the function returns, or raises."""
        async with self._free:
            loop = asyncio.get_running_loop()
            answer: asyncio.Future[Any] = loop.create_future()
            inside = contextvars.copy_context()

            def work() -> None:
                try:
                    result = inside.run(function)
                except BaseException as error:
                    _tell(loop, answer, None, error)
                else:
                    _tell(loop, answer, result, None)

            threading.Thread(target=work, daemon=True, name="node").start()
            return await answer


def _tell(
    loop: asyncio.AbstractEventLoop,
    answer: asyncio.Future[Any],
    result: Any,
    error: BaseException | None,
) -> None:
    def settle() -> None:
        if answer.done():
            return
        if error is None:
            answer.set_result(result)
        elif isinstance(error, Exception) and not isinstance(error, StopIteration):
            answer.set_exception(error)
        else:  # what a future refuses, or what would end the event loop
            answer.set_exception(RuntimeError(f"{type(error).__name__}: {error}"))

    if not loop.is_closed():
        loop.call_soon_threadsafe(settle)
