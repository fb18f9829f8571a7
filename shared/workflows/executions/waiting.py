"""A run whose result is waited for, as long as a request may take."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

from shared.workflows.executions.execution import Execution
from shared.workflows.executions.reading import Reading
from shared.workflows.executions.starting import Order, Starting

PATIENCE: Final = 25.0
"""Seconds; the gateway ends a request after thirty."""
_FIRST: Final = 0.02
_LONGEST: Final = 0.5

Sleep = Callable[[float], Awaitable[None]]


class Waiting:
    """Starts runs and waits for them."""

    def __init__(
        self,
        starting: Starting,
        reading: Reading,
        sleep: Sleep = asyncio.sleep,
        passed: Callable[[], float] = time.monotonic,
    ) -> None:
        """Takes how time passes, so that tests need none."""
        self._starting, self._reading = starting, reading
        self._sleep, self._passed = sleep, passed

    async def run(self, order: Order, seconds: float = PATIENCE) -> Execution:
        """The execution when it has ended or waits for an answer, or as it stands after a while."""
        until = self._passed() + min(seconds, PATIENCE)
        made, new = self._starting.accepted(order)
        launch = asyncio.to_thread(self._starting.launched, order.tenant, made, new, waits=True)
        # An inline run may outlast the request: its thread goes on, or the invocation does.
        begun = asyncio.ensure_future(launch)
        done, _ = await asyncio.wait({begun}, timeout=max(0.0, until - self._passed()))
        for task in done:
            task.result()
        return await self.ended(order.tenant, made, until - self._passed())

    async def ended(self, tenant: str, execution: Execution, seconds: float) -> Execution:
        """Looks at a run until it has ended or waits, for so many seconds."""
        until, pause = self._passed() + seconds, _FIRST
        while True:
            found = self._reading.get(tenant, execution.id)
            left = until - self._passed()
            if found.over or found.status == "paused" or left <= 0:
                return found
            await self._sleep(min(pause, left))
            pause = min(pause * 1.5, _LONGEST)
