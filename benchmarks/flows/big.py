"""Large items and long loops: what passes, how long it takes here, and what is refused."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from itertools import count, pairwise
from typing import Any, Final

from benchmarks.measuring import Row, table
from local.provision.clients import aws
from shared.graph import Edge, FlowEngine, FlowGraph, FlowSettings, Node
from shared.graph.asl.compiler import compile_flow
from shared.graph.asl.emitting import Functions
from tests.engines.comparing import Durable
from tests.engines.nodes import REGISTRY
from tests.engines.step_functions import FUNCTION, ROLE, StepFunctions, step_functions

ITEMS: Final = 20_000
MEGABYTES: Final = 2
NODES: Final = 20
MOST_BYTES: Final = 262_144
"""What AWS lets a state hand on."""
_ADD: Final = {"form": "add", "value": 1}


def chain() -> FlowGraph:
    """Twenty nodes in a row; may be Express."""
    names = [f"n{number}" for number in range(NODES)]
    return FlowGraph(
        nodes=tuple(Node(id=name, type="step", config=_ADD) for name in names),
        edges=tuple(Edge(source=a, target=b) for a, b in pairwise(names)),
        settings=FlowSettings(timeout=200),
    )


def loop(items: int, *, concurrency: int = 1, asks: bool = False) -> FlowGraph:
    """A loop over many items, whose body may ask."""
    config = {"items": list(range(items)), "concurrency": concurrency, "most": items}
    body = Node(id="body", type="ask") if asks else Node(id="body", type="step", config=_ADD)
    return FlowGraph(
        nodes=(Node(id="each", type="each", config=config), body,
               Node(id="end", type="step", config=_ADD)),
        edges=(Edge(source="each", target="body", source_handle="body"),
               Edge(source="each", target="end")),
    )  # fmt: skip


def inline(graph: FlowGraph, given: Any) -> str:
    """Runs it; how it ended."""

    async def main() -> str:
        run = await FlowEngine(REGISTRY).run(graph, given)
        done = len(run.record.items) or sum(1 for _ in run.record)
        return f"{run.status}, {done:,} {'items' if run.record.items else 'nodes'}"

    return asyncio.run(main())


def machine(world: StepFunctions, graph: FlowGraph, given: Any, how: str, name: str) -> str:
    """Runs it as an execution; how it ended, and the largest thing that a state handed on."""
    if how == "STANDARD":
        run = world.run(name, graph, given, {}, "node")
    else:
        run = _express(world, graph, given, name)
    found = run.report()  # type: ignore[no-untyped-call]
    return f"{found['status']}, {len(found['entries'])} nodes, S3 writes: {run.blobs.writes}"


def _express(world: StepFunctions, graph: FlowGraph, given: Any, name: str) -> Durable:
    run = world.runs[name] = Durable(graph)
    run.execution = name
    made = compile_flow(run.flow.plan, Functions(FUNCTION))
    assert made.machine.type == "EXPRESS", made.machine.reason
    client = aws("stepfunctions")
    arn = client.create_state_machine(
        name=name, definition=made.as_text(), roleArn=ROLE, type="EXPRESS"
    )["stateMachineArn"]
    told = json.dumps(run.start(given, {}))
    answer = client.start_sync_execution(stateMachineArn=arn, name=name, input=told)
    assert answer["status"] == "SUCCEEDED", answer
    return run


def task(items: int) -> str:
    """A compiled loop that never waits: one task with a checkpoint for each item."""
    run = Durable(loop(items, concurrency=40))
    state = run.start({}, {})
    asyncio.run(run.invoke({"node": "each", "mode": "run", "state": state}))
    asyncio.run(run.invoke({"node": "end", "mode": "run", "state": state}))
    asyncio.run(run.invoke({"node": "", "mode": "finalize", "state": state}))
    found = run.report()  # type: ignore[no-untyped-call]
    return f"{found['status']}, {len(found['items']):,} items"


def opened(items: int) -> str:
    """What the first task of a distributed Map hands on: the paths of its items."""
    run = Durable(loop(items, concurrency=40, asks=True))
    text = compile_flow(run.flow.plan).as_text()
    assert '"Mode":"DISTRIBUTED"' in text
    state = run.start({}, {})
    answer = asyncio.run(run.invoke({"node": "each", "mode": "open", "state": state}))
    size = len(json.dumps(answer, separators=(",", ":")))
    told = "passes" if size <= MOST_BYTES else f"AWS REFUSES it: more than {MOST_BYTES:,}"
    return f"{len(answer['items']):,} items are {size:,} bytes; {told}"


def measure(rounds: int) -> None:
    """Runs each case once and prints how it ended."""
    big, numbers = {"big": "x" * (MEGABYTES * 1_000_000)}, count()
    with step_functions() as world:
        cases: dict[str, Callable[[], str]] = {
            f"{MEGABYTES} MB, {NODES} nodes, inline": lambda: inline(chain(), big),
            f"{MEGABYTES} MB, {NODES} nodes, Standard": lambda: machine(
                world, chain(), big, "STANDARD", f"big{next(numbers)}"
            ),
            f"{MEGABYTES} MB, {NODES} nodes, Express": lambda: machine(
                world, chain(), big, "EXPRESS", f"big{next(numbers)}"
            ),
            f"{ITEMS:,} items, inline, in order": lambda: inline(loop(ITEMS), {}),
            f"{ITEMS:,} items, inline, 40 at once": lambda: inline(loop(ITEMS, concurrency=40), {}),
            f"{ITEMS:,} items, one checkpointed task": lambda: task(ITEMS),
            "a distributed Map opens 10,000 items": lambda: opened(10_000),
            f"a distributed Map opens {ITEMS:,} items": lambda: opened(ITEMS),
        }
        rows: list[Row] = []
        for name, case in cases.items():
            begun = time.perf_counter()
            ended = case()
            rows.append((name, f"{time.perf_counter() - begun:.1f}", ended))
    table("Large items and long loops", ("", "s", "how it ended"), rows)
