"""Forty nodes in a row that each find fibo(10): inline, and as an execution of Step Functions."""

from __future__ import annotations

import asyncio
import json
import time
from itertools import count, pairwise
from typing import Any, Final

from benchmarks.measuring import Row, interleaved, table
from local.provision.clients import aws
from shared.graph import BlockingNode, Edge, FlowEngine, FlowGraph, NoConfig, Node, NodeRegistry
from shared.graph.asl.compiler import compile_flow
from shared.graph.asl.emitting import Functions
from shared.graph.durable import NodeRunner, TablesRecordStore, start_run
from shared.graph.engine.loaded import load
from tests.engines.comparing import MemoryBlobs
from tests.engines.step_functions import FUNCTION, ROLE, StepFunctions, step_functions, waited
from tests.fakes.tables import MemoryTables

NODES: Final = 40


def fibo(number: int) -> int:
    """As slowly as it is known for."""
    return number if number < 2 else fibo(number - 1) + fibo(number - 2)


class Fibo(BlockingNode[NoConfig]):
    """Finds fibo(10)."""

    type = "fibo"

    def execute(self, config: NoConfig, data: dict[str, Any], context: Any) -> dict[str, int]:
        """55."""
        return {"fibo": fibo(10)}


REGISTRY: Final = NodeRegistry(Fibo)


def graph() -> FlowGraph:
    """The chain."""
    names = [f"n{number}" for number in range(NODES)]
    return FlowGraph(
        nodes=tuple(Node(id=name, type="fibo", output_key=name) for name in names),
        edges=tuple(Edge(source=a, target=b) for a, b in pairwise(names)),
    )


def inline() -> float:
    """Seconds of one run in this process, the middle of twenty."""

    async def main() -> float:
        engine = FlowEngine(REGISTRY)
        flow, taken = engine.load_workflow(graph()), []
        for _ in range(20):
            begun = time.perf_counter()
            run = await engine.run(flow, {})
            taken.append(time.perf_counter() - begun)
            assert run.status == "completed"
        return sorted(taken)[10]

    return asyncio.run(main())


class Durable:
    """A run whose record is in memory, so that the interpreter is what is measured."""

    def __init__(self) -> None:
        self.flow = load(graph(), REGISTRY)
        self.store = TablesRecordStore(MemoryTables(), "executions", MemoryBlobs())
        self.runner = NodeRunner(self.store, lambda tenant, version: self.flow)

    async def invoke(self, request: dict[str, Any]) -> dict[str, Any]:
        """What the function does."""
        return await self.runner.handle(request)


def through(world: StepFunctions, granularity: Any, numbers: Any) -> float:
    """Seconds of one execution."""
    name, run, client = f"fibo{next(numbers)}", Durable(), aws("stepfunctions")
    compiled = compile_flow(run.flow.plan, Functions(FUNCTION), granularity=granularity)
    machine = client.create_state_machine(
        name=name, definition=compiled.as_text(), roleArn=ROLE, type="STANDARD"
    )["stateMachineArn"]
    world.runs[name] = run  # type: ignore[assignment]
    begun = time.perf_counter()
    state = start_run(run.store, "t1", name, "v1", {})
    arn = client.start_execution(stateMachineArn=machine, name=name, input=json.dumps(state))[
        "executionArn"
    ]
    assert waited(client, arn)["status"] == "SUCCEEDED"
    return time.perf_counter() - begun


def measure(rounds: int) -> None:
    """Measures in turns, prints."""
    begun = time.perf_counter()
    for _ in range(2_500):
        fibo(10)
    bare = (time.perf_counter() - begun) / 2_500 * NODES
    numbers = count()
    with step_functions() as world:
        cases = {
            "inline": inline,
            "Step Functions, a state per node": lambda: through(world, "node", numbers),
            "Step Functions, one region": lambda: through(world, "region", numbers),
        }
        found = interleaved(cases, rounds)
    rows: list[Row] = [("forty plain calls", f"{bare * 1e3:.2f}", "")]
    least = found["inline"].least
    for name, taken in found.items():
        rows.append((name, f"{taken.least * 1e3:.2f}", f"{taken.least / least:.1f}"))
    table(
        f"{NODES} nodes of fibo(10), wall, {rounds} rounds, least",
        ("", "ms a run", "x inline"),
        rows,
    )
