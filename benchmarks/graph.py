"""The inline engine: a chain of ten nodes that do nothing, beside ten plain awaits and LangGraph.

What is measured is processor time, in turns: every case is one event loop in this process that
runs the same chain again and again. Ours keeps its record in memory, as LangGraph does without a
checkpointer.

LangGraph wants an older uuid-utils than we pin, so it is compared in an environment of its own:
`python3 -m venv build/peer && build/peer/bin/pip install langgraph uuid-utils jinja2 pydantic &&
build/peer/bin/python -m benchmarks.graph`.
"""

from __future__ import annotations

import asyncio
import platform
import time
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import pairwise
from typing import Any, Final

from benchmarks.measuring import interleaved, rounds_asked, table
from shared.graph import BlockingNode, FlowEngine, FlowGraph, NoConfig, NodeRegistry
from shared.graph.model import Edge, Node

NODES: Final = 10
RUNS: Final = 200

Once = Callable[[], Awaitable[Any]]


class Nothing(BlockingNode[NoConfig]):
    """Does nothing."""

    type = "nothing"

    async def execute(self, config: NoConfig, data: dict[str, Any], context: Any) -> None:
        """Adds nothing."""


class Adds(BlockingNode[NoConfig]):
    """Adds a result."""

    type = "adds"

    async def execute(self, config: NoConfig, data: dict[str, Any], context: Any) -> dict[str, int]:
        """A small object."""
        return {"n": 1}


def chain(node_type: str) -> FlowGraph:
    """Ten nodes in a row."""
    names = [f"n{number}" for number in range(NODES)]
    return FlowGraph(
        nodes=tuple(Node(id=name, type=node_type, output_key=name) for name in names),
        edges=tuple(Edge(source=a, target=b) for a, b in pairwise(names)),
    )


def ours(node_type: str) -> Once:
    """Our engine."""
    engine = FlowEngine(NodeRegistry(Nothing, Adds))
    flow = engine.load_workflow(chain(node_type))
    return lambda: engine.run(flow, {"x": 1})


def langgraph(adds: bool) -> Once:
    """LangGraph's compiled graph of the same chain, without a checkpointer."""
    from langgraph.graph import END, START, StateGraph

    keys = {f"n{number}": Any for number in range(NODES)}
    state = TypedState("State", {"x": int, **keys})
    graph = StateGraph(state)

    def node(name: str) -> Callable[[Any], Awaitable[dict[str, Any]]]:
        async def execute(_: Any) -> dict[str, Any]:
            return {f"n{name[4:]}": {"n": 1}} if adds else {}

        return execute

    names = [f"node{number}" for number in range(NODES)]
    for name in names:
        graph.add_node(name, node(name))
    for source, target in zip([START, *names], [*names, END], strict=True):
        graph.add_edge(source, target)
    compiled = graph.compile()
    return lambda: compiled.ainvoke({"x": 1}, {"recursion_limit": 50})


def TypedState(name: str, fields: dict[str, Any]) -> Any:  # noqa: N802 - makes a class
    """A state as LangGraph wants it."""
    from typing import TypedDict

    return TypedDict(name, fields, total=False)  # type: ignore[operator]


async def _nothing() -> None:
    return None


async def _plain() -> None:
    for _ in range(NODES):
        await _nothing()


def seconds(once: Once) -> float:
    """Processor time of one run."""

    async def main() -> float:
        await once()
        begun = time.process_time()
        for _ in range(RUNS):
            await once()
        return (time.process_time() - begun) / RUNS

    return asyncio.run(main())


def main() -> None:
    """Measures in turns, prints."""
    rounds = rounds_asked(__doc__, 15)
    cases: dict[str, Once] = {
        "ten plain awaits": _plain,
        "ours, nothing added": ours("nothing"),
        "ours, a result each": ours("adds"),
    }
    try:
        cases["LangGraph, nothing added"] = langgraph(adds=False)
        cases["LangGraph, a result each"] = langgraph(adds=True)
    except ModuleNotFoundError:
        print("LangGraph is not here; benchmarks/graph.py says how it is compared")
    found = interleaved({n: partial(seconds, once) for n, once in cases.items()}, rounds)
    rows = []
    for name, taken in found.items():
        peer = found.get(name.replace("ours", "LangGraph"))
        ratio = f"{peer.least / taken.least:.1f}" if peer and "ours" in name else ""
        per_node = f"{taken.least / NODES * 1e6:.1f}"
        rows.append(
            (name, f"{taken.least * 1e6:.0f}", f"{taken.median * 1e6:.0f}", per_node, ratio)
        )
    table(
        f"A chain of {NODES} nodes, {rounds} rounds of {RUNS} runs, Python "
        f"{platform.python_version()}",
        ("", "least, us a run", "median", "us a node", "x LangGraph's runs per second"),
        rows,
    )


if __name__ == "__main__":
    main()
