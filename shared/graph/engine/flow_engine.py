"""Runs flows inline.

```python
async with FlowEngine(registry) as engine:
    run = await engine.run(graph, {"name": "Ada"})
run.status, run.result, run.error
```

Pinned outputs, partial runs, single nodes and resumption are one thing: a node whose output stands
in the record, or is pinned, is not run.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Any, Self

from shared.graph.engine.development import input_for, item_walk
from shared.graph.engine.instances import Instances
from shared.graph.engine.loaded import LoadedFlow, alone, load, up_to
from shared.graph.engine.progress import Checkpoint, Listener
from shared.graph.engine.run import Run, RunFailedError
from shared.graph.engine.state import RunState
from shared.graph.engine.walk import Walk
from shared.graph.errors import GraphError, NodeError
from shared.graph.journal import JOURNAL, RecordJournal
from shared.graph.model import FlowGraph
from shared.graph.pools import PoolExecutor
from shared.graph.record import Record, Status
from shared.graph.registry import NodeRegistry
from shared.graph.retry import TIMEOUT
from shared.graph.values import freeze
from shared.platform.ids import new_id

Flow = FlowGraph | LoadedFlow


class FlowEngine:
    """Loads flows and runs them; its pools are shared by all of them."""

    def __init__(
        self,
        registry: NodeRegistry,
        *,
        pools: PoolExecutor | None = None,
        ports: Mapping[str, Any] | None = None,
        listener: Listener | None = None,
        checkpoint: Checkpoint | None = None,
    ) -> None:
        """Takes the node types, and whatever nodes and observers need."""
        self.registry, self.pools = registry, pools or PoolExecutor()
        self.ports, self._listener, self._checkpoint = ports or {}, listener, checkpoint
        self._loaded: dict[int, LoadedFlow] = {}
        self._running: set[asyncio.Task[Any]] = set()

    def load_workflow(self, flow: Flow) -> LoadedFlow:
        """The flow, ready to run; the same graph is looked at once.

        Raises:
            GraphError: it cannot be run; `validate` names everything that is wrong with it.
        """
        if isinstance(flow, LoadedFlow):
            return flow
        known = self._loaded.get(id(flow))
        if known is None or known.graph is not flow:
            if len(self._loaded) >= _KEPT:
                self._loaded.clear()
            known = self._loaded[id(flow)] = load(flow, self.registry)
        return known

    async def run(
        self,
        flow: Flow,
        given: Mapping[str, Any] | None = None,
        *,
        pins: Mapping[str, Any] | None = None,
        record: Record | None = None,
        until: str | None = None,
        execution_id: str = "",
        runtime: dict[str, Any] | None = None,
        instances: Instances | None = None,
        outputs: Mapping[str, Any] | None = None,
        timeout: float | None = None,
    ) -> Run:
        """Runs a flow with an input.

        Args:
            flow: what to run.
            given: the input, an object.
            pins: outputs that stand for nodes, by id or by item path and id.
            record: where an earlier attempt came to; nothing that stands there is run again.
            until: runs only what this node needs, and itself.
            execution_id: whose run it is; a new one if empty.
            runtime: values that nodes share; nothing starts empty.
            instances: nodes that were set up before, and are cleaned up by whoever gives them.
            outputs: of nodes outside of this flow that its texts may refer to.
            timeout: seconds; nothing is the flow's own setting.

        Raises:
            GraphError: the flow cannot be run.
            ResultError: the input is no JSON.
        """
        loaded = self.load_workflow(flow)
        if until is not None:
            loaded = self.load_workflow(up_to(loaded, until))
        own = instances or Instances()
        state = self._state(loaded, execution_id, timeout)
        state.record = record.for_resume() if record else Record()
        state.ports = {JOURNAL: RecordJournal(state.record), **self.ports}
        state.pins, state.instances = pins or {}, own
        if runtime is not None:
            state.runtime = runtime
        item = freeze(dict(given or {}), "input")
        state.variables = loaded.graph.variables_with(item)
        walk = Walk(state, loaded.plan.root, item, outer=outputs)
        return await self._finished(state, walk, own is not instances)

    async def run_iteration(
        self,
        flow: Flow,
        loop: str,
        index: int,
        given: Mapping[str, Any] | None = None,
        *,
        pins: Mapping[str, Any] | None = None,
        results: Sequence[Any] = (),
    ) -> Run:
        """Runs a loop's body for one of its items, with what would enter the loop.

        `results` is what the items before gave.

        Raises:
            GraphError: the node is no loop over items, or has no such item.
        """
        loaded = self.load_workflow(flow)
        state = self._state(loaded)
        state.pins = pins or {}
        walk = await item_walk(loaded, state, loop, index, given or {}, results)
        return await self._finished(state, walk, True)

    async def run_api(
        self, flow: Flow, given: Mapping[str, Any] | None = None, timeout: float = 300.0
    ) -> dict[str, Any]:
        """The result of one pass, for a caller who waits.

        Raises:
            RunFailedError: a node failed, or the time was up.
        """
        run = await self.run(flow, given, timeout=timeout)
        if run.status is not Status.COMPLETED or run.result is None:
            raise RunFailedError(run)
        return run.result

    async def run_development_node(
        self,
        flow: Flow,
        node_id: str,
        given: Mapping[str, Any] | None = None,
        *,
        record: Record | None = None,
        pins: Mapping[str, Any] | None = None,
    ) -> Run:
        """Runs one node, a loop with its body, on what the record says its sources gave.

        Args:
            flow: the flow that the node is in.
            node_id: which node.
            given: keys that win over those from the sources; without a record, all there is.
            record: outputs of the nodes before.
            pins: outputs that stand for nodes.

        Raises:
            GraphError: there is no such node, or an output that it needs is missing.
        """
        loaded = self.load_workflow(flow)
        if node_id not in loaded.routines:
            raise GraphError(f"Node {node_id} not found; the flow has {', '.join(loaded.routines)}")
        data = input_for(loaded, node_id, record) if record else {}
        outputs = {entry.node: entry.result for entry in record or () if not entry.path}
        return await self.run(
            alone(loaded, node_id), {**data, **(given or {})}, pins=pins, outputs=outputs
        )

    async def force_shutdown(self) -> None:
        """Cancels every run that is under way, and ends the workers without waiting for them."""
        running = [task for task in self._running if task is not asyncio.current_task()]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await self.close()

    async def close(self) -> None:
        """Ends the workers of the pools."""
        await self.pools.close()

    def _state(
        self, flow: LoadedFlow, execution_id: str = "", timeout: float | None = None
    ) -> RunState:
        graph = flow.graph
        return RunState(
            flow.routines,
            self.pools,
            Record(),
            execution_id or new_id(),
            freeze(graph.variables),
            freeze(graph.env),
            ports=self.ports,
            listener=self._listener,
            checkpoint=self._checkpoint,
            limit=timeout or graph.settings.timeout,
            workflow=graph.id,
        )

    async def _finished(self, state: RunState, walk: Walk, cleans_up: bool) -> Run:
        task = asyncio.current_task()
        outermost = task is not None and task not in self._running
        if task is not None and outermost:
            self._running.add(task)
        try:
            return await _finish(state, walk)
        finally:
            if task is not None and outermost:
                self._running.discard(task)
            if cleans_up:
                await state.instances.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


_KEPT = 64


async def _finish(state: RunState, walk: Walk) -> Run:
    started = time.monotonic()
    late: NodeError | None = None
    timer = asyncio.timeout(state.limit)
    try:
        async with timer:
            await walk.go()
    except TimeoutError:
        if not timer.expired():
            raise
        late = _late(walk, state.limit)
    found = walk.settlement()
    return Run(
        state.execution_id,
        Status.FAILED if late else Status.RUNNING if state.stopped else found.status,
        None if late else found.result,
        late or (found.error if found.settled else None),
        state.record,
        found,
        time.monotonic() - started,
    )


def _late(walk: Walk, limit: float) -> NodeError:
    left = [
        step.id for step, entry in zip(walk.scope.steps, walk.entries, strict=True) if entry is None
    ]
    named = ", ".join(left[:5]) + (f" and {len(left) - 5} more" if len(left) > 5 else "")
    return NodeError(TIMEOUT, f"the run took longer than {limit:g} s; not settled: {named}")
