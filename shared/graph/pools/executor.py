"""Runs a node's code in the pool that it belongs to; pools are started by their first node."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any, Self

from shared.graph.errors import NodeFailedError
from shared.graph.kinds import Pool
from shared.graph.node import BaseNode, Data, NodeContext
from shared.graph.pools.processes import Processes
from shared.graph.pools.threads import Threads
from shared.graph.pools.worker import call_of, result_of


class PoolExecutor:
    """One for all flows of an engine, so that loops share workers instead of multiplying them."""

    def __init__(self, threads: int = 10, processes: int = 4) -> None:
        """Takes the sizes of the pools."""
        self._sizes = threads, processes
        self._loop: asyncio.AbstractEventLoop | None = None
        self._threads: Threads | None = None
        self._processes: Processes | None = None

    async def run(
        self, pool: Pool, node: BaseNode[Any], config: Any, data: Data, context: NodeContext
    ) -> Any:
        """What the node returns, or raises."""
        self._belong_here()
        if pool is Pool.THREAD:
            self._threads = self._threads or Threads(self._sizes[0])
            return await self._threads.run(lambda: _in_thread(node, config, data, context))
        if pool is Pool.PROCESS:
            self._processes = self._processes or Processes(self._sizes[1])
            answer = await self._processes.run(call_of(type(node), config, data, context))
            if error := answer.get("error"):
                raise NodeFailedError(error["type"], error["message"])
            return result_of(answer)
        result = node.execute(config, data, context)
        return await result if inspect.isawaitable(result) else result

    async def close(self) -> None:
        """Ends all workers."""
        if self._processes and self._loop is asyncio.get_running_loop():
            await self._processes.close()
        self._threads = self._processes = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def _belong_here(self) -> None:
        """Workers belong to an event loop; another one starts its own."""
        if self._loop is not (running := asyncio.get_running_loop()):
            self._loop, self._threads, self._processes = running, None, None


def _in_thread(node: BaseNode[Any], config: Any, data: Data, context: NodeContext) -> Any:
    result = node.execute(config, data, context)
    return asyncio.run(_awaited(result)) if inspect.isawaitable(result) else result


async def _awaited(result: Any) -> Any:
    return await result
