"""Trials: parts of a draft, run for whoever writes it.

A trial is JSON in and JSON out, because the process that is asked for it is not the one that runs
it: the API's function may do nothing in a tenant's name but ask the node runner.

    await tried({"mode": "node", "graph": {…}, "node": "b", "given": {"name": "Ada"}}, registry)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from shared.graph import loops
from shared.graph.durable.header import pin_of
from shared.graph.engine.flow_engine import FlowEngine
from shared.graph.engine.instances import Instances
from shared.graph.engine.loaded import LoadedFlow, alone
from shared.graph.engine.run import Run
from shared.graph.loaders import load_flow
from shared.graph.node import BaseNode, NodeContext
from shared.graph.pools import PoolExecutor
from shared.graph.record import Record
from shared.graph.registry import NodeRegistry
from shared.graph.routines import Routine
from shared.graph.values import freeze

Mode = Literal["node", "until", "graph", "iteration"]


class Trial(BaseModel):
    """What shall be run."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    mode: Mode
    graph: dict[str, Any]
    node: str = ""
    """Which one, up to which one, or which loop; nothing for the whole graph."""
    given: dict[str, Any] = {}
    """The input: of the node or loop itself, or of the graph."""
    record: dict[str, Any] = {}
    """Outputs that stand."""
    pins: dict[str, Any] = {}
    index: int = 0
    """Which item, for an iteration."""
    results: list[Any] = []
    """What the items before gave."""
    state: dict[str, dict[str, Any]] = {}
    """What nodes remembered from the trials before, by node."""
    runtime: dict[str, Any] = {}
    execution_id: str = ""
    timeout: float = 300.0


async def tried(
    raw: Mapping[str, Any],
    registry: NodeRegistry,
    *,
    ports: Mapping[str, Any] | None = None,
    pools: PoolExecutor | None = None,
) -> dict[str, Any]:
    """How a trial ended.

    Raises:
        GraphError: the part cannot be run.
    """
    trial = Trial.model_validate(raw)
    engine = FlowEngine(registry, ports=ports, pools=pools)
    remembered, runtime = _Remembered(trial.state), dict(trial.runtime)
    try:
        run = await _run(engine, trial, remembered, runtime)
        state = remembered.state()
    finally:
        await remembered.close()
        if pools is None:
            await engine.close()
    return {**_told(run), "runtime": runtime, "state": state}


async def _run(
    engine: FlowEngine, trial: Trial, remembered: Instances, runtime: dict[str, Any]
) -> Run:
    flow = engine.load_workflow(load_flow(trial.graph))
    pins = {name: pin_of(raw) for name, raw in trial.pins.items()}
    record = Record.from_json(trial.record) if trial.record else Record()
    if trial.mode == "iteration":
        return await engine.run_iteration(
            flow, trial.node, trial.index, trial.given, pins=pins, results=trial.results
        )
    whole = trial.mode != "node"
    outputs = {entry.node: entry.result for entry in record if not entry.path}
    return await engine.run(
        flow if whole else alone(_known(flow, trial.node), trial.node),
        trial.given, pins=pins, record=record if whole else None,
        until=trial.node if trial.mode == "until" else None, execution_id=trial.execution_id,
        runtime=runtime, instances=remembered, timeout=trial.timeout,
        outputs=None if whole else outputs,
    )  # fmt: skip


def _known(flow: LoadedFlow, node: str) -> LoadedFlow:
    if node not in flow.routines:
        raise KeyError(f"Node {node} not found")
    return flow


def _told(run: Run) -> dict[str, Any]:
    waits = [{"node": one.node, **dict(one.waits_for or {})} for one in run.waits_for]
    items = [item.as_json() for item in run.record.items.values()]
    return {
        "execution_id": run.execution_id,
        "status": str(run.status),
        "result": run.result,
        "error": run.error.as_json() if run.error else None,
        "waits_for": waits,
        "record": run.record.as_json(),
        "partial": [loops.result_of(one) for one in run.record.items.values()] if items else [],
        "written": loops.item_result("", run.settlement).result if run.settlement.settled else None,
        "exhausted": run.exhausted,
        "seconds": run.seconds,
    }


class _Remembered(Instances):
    """Instances that go on from where those of earlier trials came to."""

    def __init__(self, states: Mapping[str, Mapping[str, Any]]) -> None:
        super().__init__()
        self._states = states
        self._seen: dict[str, BaseNode[Any]] = {}

    async def get(self, routine: Routine, context: NodeContext) -> BaseNode[Any]:
        """The node, set up, with what it remembers."""
        node = await super().get(routine, context)
        if routine.prepared and routine.id not in self._seen:
            self._seen[routine.id] = node
            vars(node).update(self._states.get(routine.id, {}))
        return node

    def state(self) -> dict[str, dict[str, Any]]:
        """What is JSON of what nodes remember; the rest is set up anew."""
        found = {name: dict(held) for name, held in self._states.items()}
        for name, node in self._seen.items():
            found[name] = {key: value for key, value in vars(node).items() if _is_json(value)}
        return found


def _is_json(value: Any) -> bool:
    try:
        freeze(value)
    except Exception:  # a node may keep anything
        return False
    return True
