"""Graphs for tests, written short: `graph("a b", "a>b")`, `graph("if a b", "if:yes>a if:no>b")`."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from shared.graph import FlowGraph, Node, NodeRegistry, RetryPolicy
from shared.graph.model import Edge
from shared.nodes.scripted import ScriptedNode

REGISTRY = NodeRegistry(ScriptedNode)


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
