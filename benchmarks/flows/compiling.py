"""How long it takes to load and to compile flows of several sizes and shapes."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Final

from benchmarks.measuring import Row, interleaved, table
from shared.graph import Edge, FlowGraph, GraphError, Node
from shared.graph.asl.compiler import compile_flow
from shared.graph.engine.loaded import load
from shared.nodes import registry

SIZES: Final = (100, 1_000, 10_000)


def chain(size: int) -> FlowGraph:
    """All in a row."""
    names = [f"n{number}" for number in range(size)]
    return _graph(names, list(pairwise(names)))


def diamonds(size: int) -> FlowGraph:
    """Two branches that meet again, and again."""
    nodes, edges = [], []
    for number in range(size // 4):
        fork, left, right, join = (f"{name}{number}" for name in "flrj")
        nodes += [fork, left, right, join]
        edges += [(fork, left), (fork, right), (left, join), (right, join)]
        edges += [(f"j{number - 1}", fork)] if number else []
    return _graph(nodes, edges)


def wide(size: int) -> FlowGraph:
    """One fork into all."""
    names = [f"n{number}" for number in range(size - 2)]
    ways = [(a, b) for name in names for a, b in (("a", name), (name, "z"))]
    return _graph(["a", *names, "z"], ways)


def _graph(names: list[str], ways: list[tuple[str, str]]) -> FlowGraph:
    config = {"output": {"v": "{{ data.v }}"}}
    return FlowGraph(
        nodes=tuple(Node(id=name, type="transform", config=config) for name in names),
        edges=tuple(Edge(source=a, target=b) for a, b in ways),
    )


def measure(rounds: int) -> None:
    """Measures in turns, prints; what is too large for AWS is timed until it is refused."""
    rows: list[Row] = []
    for make in (chain, diamonds, wide):
        graphs = {size: make(size) for size in SIZES}
        cases = {
            (size, how): _case(graph, how)
            for size, graph in graphs.items()
            for how in ("load", "node", "region")
        }
        named = {f"{size} {how}": case for (size, how), case in cases.items()}
        found = interleaved(named, min(rounds, 3))
        for size, graph in graphs.items():
            each = [found[f"{size} {how}"].least for how in ("load", "node", "region")]
            per_node = [f"{seconds / size * 1e6:.0f}" for seconds in each]
            rows.append((make.__name__, f"{size:,}", *per_node, _bytes(graph)))
    table(
        "Compiling, CPU in microseconds a node (constant is linear)",
        ("shape", "nodes", "load", "a state per node", "regions", "bytes of the definition"),
        rows,
    )


def _case(graph: FlowGraph, how: str) -> Callable[[], float]:
    plan = load(graph, registry()).plan

    def case() -> float:
        begun = time.process_time()
        if how == "load":
            load(graph, registry())
            return time.process_time() - begun
        with contextlib.suppress(GraphError):  # more than AWS takes is found out at the end
            compile_flow(plan, granularity="region" if how == "region" else "node")
        return time.process_time() - begun

    return case


def _bytes(graph: FlowGraph) -> str:
    try:
        return f"{len(compile_flow(load(graph, registry()).plan).as_text()):,}"
    except GraphError as error:
        return str(error).partition(";")[0]
