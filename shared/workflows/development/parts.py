"""Which part of a draft a trial is about: what is drawn elsewhere may be as broken as it likes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from shared.graph import FlowGraph, Kind, Node, NodeRegistry, topology
from shared.graph.values import canonical, freeze
from shared.workflows.drawing import node_of


def needed(graph: FlowGraph, node_id: str, registry: NodeRegistry) -> FlowGraph:
    """A node, everything that it gets data from, and the bodies of the loops among them.

    Raises:
        PartNotFoundError: there is no such node.
    """
    node_of(graph, node_id)
    named = {node.id: [i.source_node for i in node.inputs if i.source_node] for node in graph.nodes}
    before = topology.leaders(graph.edges)
    sources = {node.id: [*before.get(node.id, ()), *named[node.id]] for node in graph.nodes}
    loops = {node.id for node in graph.nodes if _is_loop(node, registry)}
    wanted = topology.reachable([node_id], sources)
    for loop, body in topology.bodies(graph, loops.__contains__).items():
        if loop in wanted and node_id not in body:
            wanted |= body
    return topology.part(graph, wanted)


def form_hash(graph: FlowGraph, node: Node) -> str:
    """What of a node, and of what it knows, makes its output; where it is drawn does not."""
    made = node.model_dump(mode="json", exclude={"position", "name", "description"})
    return hashed({"node": made, "env": graph.env, "variables": graph.variables})


def hashed(value: Mapping[str, Any]) -> str:
    """One hash per JSON value."""
    return hashlib.sha256(canonical(freeze(dict(value))).encode()).hexdigest()[:32]


def _is_loop(node: Node, registry: NodeRegistry) -> bool:
    found = registry.find(node.type)
    return found is not None and found.kind is Kind.LOOP
