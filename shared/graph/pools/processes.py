"""Processes that run a node each, through pipes: Lambda has no shared memory for semaphores.

A worker that dies fails its own node and no other; one that takes too long is killed.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from typing import Any, Final

from shared.graph.errors import NodeFailedError

PROCESS_DIED: Final = "ProcessDied"
_LENGTH: Final = 8
_FAREWELL: Final = 5.0


class Processes:
    """At most so many workers; an idle one is used again."""

    def __init__(self, workers: int = 4) -> None:
        """Takes the number of processes that may run at once."""
        self._free = asyncio.Semaphore(workers)
        self._idle: list[Process] = []
        self._all: set[Process] = set()

    async def run(self, call: dict[str, Any]) -> dict[str, Any]:
        """What the worker answers.

        Raises:
            NodeFailedError: the worker died.
        """
        async with self._free:
            worker = self._idle.pop() if self._idle else await self._start()
            try:
                answer = await _ask(worker, call)
            except (asyncio.IncompleteReadError, ConnectionError):
                code = await self._gone(worker)
                raise NodeFailedError(
                    PROCESS_DIED, f"the node's process ended with code {code} before it answered"
                ) from None
            except BaseException:
                await asyncio.shield(self._end(worker))
                raise
            self._idle.append(worker)
            return answer

    async def close(self) -> None:
        """Ends all workers."""
        await asyncio.gather(*(self._end(worker) for worker in list(self._all)))
        self._idle.clear()

    async def _start(self) -> Process:
        worker = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            "from shared.graph.pools.worker import main; main()",
            stdin=PIPE,
            stdout=PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        self._all.add(worker)
        return worker

    async def _gone(self, worker: Process) -> int | None:
        """The exit code of a worker that has closed its pipe."""
        with suppress(TimeoutError):
            await asyncio.wait_for(worker.wait(), _FAREWELL)
        return await self._end(worker)

    async def _end(self, worker: Process) -> int | None:
        self._all.discard(worker)
        if worker.returncode is None:
            # Not `worker.kill`: it looks for the exit code first and takes it from the event loop.
            with suppress(ProcessLookupError):
                os.kill(worker.pid, signal.SIGKILL)
        return await worker.wait()


async def _ask(worker: Process, call: dict[str, Any]) -> dict[str, Any]:
    to_worker, from_worker = worker.stdin, worker.stdout
    if to_worker is None or from_worker is None:  # pragma: no cover - both are pipes
        raise ConnectionError("the worker has no pipes")
    message = json.dumps(call).encode()
    to_worker.write(len(message).to_bytes(_LENGTH, "big") + message)
    await to_worker.drain()
    length = int.from_bytes(await from_worker.readexactly(_LENGTH), "big")
    answer: dict[str, Any] = json.loads(await from_worker.readexactly(length))
    return answer
