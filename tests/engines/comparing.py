"""Runs a flow on an engine and tells everything that both engines must agree on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from shared.graph import FlowGraph, Record, Status
from shared.graph.durable import NodeRunner, TablesRecordStore, start_run
from shared.graph.durable.header import pin_of
from shared.graph.durable.single import ANSWER
from shared.graph.engine import FlowEngine
from shared.graph.engine.loaded import load
from shared.graph.settle import settle
from tests.engines.interpreter import ExecutionFailed, Interpreter
from tests.engines.nodes import REGISTRY
from tests.fakes.tables import MemoryTables

TENANT = "t1"


class MemoryBlobs:
    """The port `Blobs` in memory."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.writes = 0

    def write(self, name: str, text: str) -> None:
        self.writes += 1
        self.texts[name] = text

    def read(self, name: str) -> str:
        return self.texts[name]


def answer_to(key: str) -> Any:
    """What is answered to a node that asks."""
    return {"value": f"answer to {key}", "decision": "approved"}


def report(
    flow: Any, record: Record, given: Mapping[str, Any], status: Any, result: Any, error: Any
):
    """Statuses, routes, outputs, errors and items of a run, as JSON that can be compared."""
    settled = settle(flow.plan.root, record, given)
    entries = {
        entry.key: {
            "status": entry.status,
            "route": entry.route,
            "output": dict(entry.output),
            "writers": dict(entry.writers),
            "error": entry.error.as_json() if entry.error else None,
        }
        for entry in record
        if entry.status in (Status.COMPLETED, Status.FAILED)
    }
    found = {
        "status": status,
        "result": result,
        "error": error.as_json() if error else None,
        "statuses": settled.statuses(),
        "entries": entries,
        "items": {key: item.as_json() for key, item in record.items.items()},
    }
    return json.loads(json.dumps(found, sort_keys=True))


async def inline(
    graph: FlowGraph,
    given: Mapping[str, Any],
    pins: Mapping[str, Any],
    registry: Any = REGISTRY,
    ports: Any = None,
):
    """A run of the inline engine; whoever asks is answered."""
    async with FlowEngine(registry, ports=ports) as engine:
        flow = engine.load_workflow(graph)
        known = {key: pin_of(raw) for key, raw in pins.items()}
        run = await engine.run(flow, given, pins=known, execution_id="x")
        everything = Record(dict(run.record.entries), dict(run.record.items))
        while run.status is Status.WAITING:
            assert run.waits_for
            assert any(entry.key not in known for entry in run.waits_for)
            for entry in run.waits_for:
                timer = (entry.waits_for or {}).get("kind") == "timer"
                known[entry.key] = None if timer else pin_of(answer_to(entry.key))
            run = await engine.run(flow, given, pins=known, record=run.record, execution_id="x")
            everything.entries |= run.record.entries
            everything.items |= run.record.items
    return report(flow, everything, run.settlement.base, run.status, run.result, run.error)


class Durable:
    """The durable engine with everything in memory."""

    def __init__(
        self,
        graph: FlowGraph,
        store: Any = None,
        registry: Any = REGISTRY,
        ports: Any = None,
        children: Any = None,
    ) -> None:
        self.flow = load(graph, registry)
        self.blobs = MemoryBlobs()
        self.store = store or TablesRecordStore(MemoryTables(), "executions", self.blobs)
        self.runner = NodeRunner(
            self.store, lambda tenant, flow: self.flow, ports=ports, children=children
        )
        self.execution = "x"

    def start(
        self, given: Mapping[str, Any], pins: Mapping[str, Any], record: Record | None = None
    ):
        return start_run(self.store, TENANT, self.execution, "v1", given, pins=pins, record=record)

    async def invoke(self, payload: dict[str, Any]) -> dict[str, Any]:
        return json.loads(json.dumps(await self.runner.handle(json.loads(json.dumps(payload)))))

    def answer(self, payload: dict[str, Any]) -> bool:
        """Answers whoever asks; not who waits for another run, which tells its end itself."""
        key = payload["state"]["path"] + payload["node"]
        if self.store.entry(TENANT, self.execution, key).waits_for["kind"] == "workflow":
            return False
        self.store.put_note(TENANT, self.execution, ANSWER, key, answer_to(key))
        return True

    async def interpret(self, definition: dict[str, Any], given: dict[str, Any]) -> Interpreter:
        interpreter = Interpreter(self.invoke, self.answer)
        try:
            await interpreter.run(definition, given)
        except ExecutionFailed as failed:
            if failed.error != "RunFailed":
                raise
        return interpreter

    def report(self):
        header = self.store.header(TENANT, self.execution)
        entries = self.store.entries(TENANT, self.execution, "")
        record = Record({entry.key: entry for entry in entries}, self._items())
        return report(self.flow, record, header.given, header.status, header.result, header.error)

    def _items(self):
        loops = [s.id for s in self.flow.plan.steps() if s.body is not None]
        top = [loop for loop in loops if self.flow.plan.scope_of(loop).loop is None]
        found = [i for loop in top for i in self.store.items(TENANT, self.execution, loop)]
        return {item.key: item for item in found}
