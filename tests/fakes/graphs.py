"""Graphs for tests, written short: `graph("a b", "a>b")`, `graph("if a b", "if:yes>a if:no>b")`."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

from shared.graph import FlowGraph, Node, NodeRegistry, RetryPolicy
from shared.graph.engine import FlowEngine, Run
from shared.graph.model import Edge
from shared.nodes import registry
from tests.fakes.graph_nodes import TEST_NODES

REGISTRY = NodeRegistry(*(registry().get(name) for name in registry()), *TEST_NODES)


def scripted(node_id: str, **script: Any) -> Node:
    """A node that follows a script."""
    retry = script.pop("retry", None)
    policy = RetryPolicy(**retry) if retry else None
    return Node(id=node_id, type="scripted", config=script, retry=policy)


def edges(text: str) -> tuple[Edge, ...]:
    """`a>b` and `a:yes>b`, separated by spaces; `a>b>c` is a chain."""
    found = []
    for chain in text.split():
        ends = chain.split(">")
        for source, target in pairwise(ends):
            name, _, handle = source.partition(":")
            found.append(Edge(source=name, target=target.partition(":")[0], source_handle=handle))
    return tuple(found)


def graph(nodes: str | list[Node], wires: str = "", **settings: Any) -> FlowGraph:
    """A graph of scripted nodes, each of which writes its own name under its own name."""
    if isinstance(nodes, str):
        nodes = [plain(name) for name in nodes.split()]
    return FlowGraph(name="test", nodes=tuple(nodes), edges=edges(wires), **settings)


def plain(name: str, **more: Any) -> Node:
    """A node that writes its own name under its own name."""
    return scripted(name, value={name: name}, form="update", **more)


def node(node_id: str, node_type: str, **config: Any) -> Node:
    """A node of any type."""
    retry = config.pop("retry", None)
    return Node(
        id=node_id,
        type=node_type,
        config=config,
        retry=RetryPolicy(**retry) if retry else None,
    )


def run(flow: FlowGraph, given: Any = None, *, engine: Any = None, **options: Any) -> Run:
    """Runs a flow to its end."""

    async def main() -> Run:
        async with FlowEngine(REGISTRY, **(engine or {})) as made:
            return await made.run(flow, given, **options)

    return asyncio.run(main())


def statuses(done: Run) -> dict[str, str]:
    """By node, as plain texts."""
    return {name: str(status) for name, status in done.settlement.statuses().items()}
