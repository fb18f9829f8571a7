"""A production loop: a producer, what follows it, and again, until there is nothing more."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from shared.graph.analysis import FlowAnalyzer
from shared.graph.engine.flow_engine import Flow, FlowEngine
from shared.graph.engine.instances import Instances
from shared.graph.engine.run import Run
from shared.graph.model import FlowGraph
from shared.graph.record import Status

_log = logging.getLogger(__name__)


async def run_production(
    engine: FlowEngine,
    graph: FlowGraph,
    *,
    failed: Callable[[Run], None] | None = None,
    most: int | None = None,
    pause: float = 1.0,
) -> list[FlowRunner]:
    """Runs all loops of a production graph at the same time, until each of them has ended.

    A loop that breaks does not end the others; what broke it is raised when all have ended.

    Raises:
        ExceptionGroup: what broke loops: not failed nodes, those are told to `failed`.
    """
    runtime: dict[str, Any] = {}
    found = FlowAnalyzer(graph, engine.registry).loops()
    runners = [
        FlowRunner(engine, loop.graph, failed=failed, runtime=runtime, pause=pause)
        for loop in found
    ]
    ended = await asyncio.gather(*(r.start(most) for r in runners), return_exceptions=True)
    if broken := [error for error in ended if isinstance(error, Exception)]:
        raise ExceptionGroup("loops broke", broken)
    return runners


class FlowRunner:
    """Runs iterations of one loop. A failed iteration is told and does not end the loop."""

    def __init__(
        self,
        engine: FlowEngine,
        flow: Flow,
        *,
        failed: Callable[[Run], None] | None = None,
        runtime: dict[str, Any] | None = None,
        pause: float = 1.0,
    ) -> None:
        """Takes the loop; `failed` hears of failed iterations, `pause` follows each of them."""
        self._engine, self._flow = engine, engine.load_workflow(flow)
        self._failed, self._pause = failed, pause
        self._runtime = runtime if runtime is not None else {}
        self.iterations = self.failures = 0
        self._running = False

    async def start(self, most: int | None = None) -> None:
        """Iterates until the producer is exhausted, `stop` is called, or `most` iterations ran.

        Every node is set up once, before its first item, and cleaned up once, after the last one,
        whichever branches the items took.
        """
        instances = Instances()
        self._running = True
        try:
            await instances.prepare(self._flow, self._engine.ports, self._runtime)
            while self._running and (most is None or self.iterations < most):
                run = await self._engine.run(
                    self._flow, {}, instances=instances, runtime=self._runtime
                )
                if run.exhausted:
                    break
                self.iterations += 1
                if run.status is Status.FAILED:
                    await self._tell(run)
        finally:
            self._running = False
            await instances.close()

    def stop(self) -> None:
        """Lets the present iteration end and starts no other."""
        self._running = False

    async def _tell(self, run: Run) -> None:
        self.failures += 1
        _log.error("iteration %s failed: %s", self.iterations, run.error)
        if self._failed is not None:
            self._failed(run)
        await asyncio.sleep(self._pause)
