"""What an editor does to a draft: nodes and connections, one at a time.

Everything here takes a graph and gives a new one. A draft may be incomplete; what could never be
meant (an edge from or to no node, the same edge twice, a node that leads to itself) is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from shared.graph import Edge, FlowGraph, Node
from shared.graph.kinds import handle_name
from shared.graph.model import Position
from shared.workflows.errors import DrawingRefusedError, PartNotFoundError


def node_of(graph: FlowGraph, node_id: str) -> Node:
    """A node of the graph.

    Raises:
        PartNotFoundError: there is none.
    """
    try:
        return graph.node(node_id)
    except KeyError:
        raise PartNotFoundError("node", node_id) from None


def with_node(graph: FlowGraph, node: Node) -> FlowGraph:
    """The graph with one more node.

    Raises:
        DrawingRefusedError: the id is taken.
    """
    if any(one.id == node.id for one in graph.nodes):
        raise DrawingRefusedError("id", f"there is a node {node.id} already", "use another id")
    return graph.model_copy(update={"nodes": (*graph.nodes, node)})


def changed_node(graph: FlowGraph, node_id: str, **fields: Any) -> FlowGraph:
    """The graph with fields of a node replaced.

    Raises:
        PartNotFoundError: there is no such node.
    """
    node = node_of(graph, node_id).model_copy(update=fields)
    nodes = tuple(node if one.id == node_id else one for one in graph.nodes)
    return graph.model_copy(update={"nodes": nodes})


def moved(graph: FlowGraph, node_id: str, x: float, y: float) -> FlowGraph:
    """The graph with a node drawn elsewhere."""
    return changed_node(graph, node_id, position=Position(x=x, y=y))


def configured(graph: FlowGraph, node_id: str, form_values: Mapping[str, Any]) -> FlowGraph:
    """The graph with another configuration of a node."""
    return changed_node(graph, node_id, config=dict(form_values))


def without_node(graph: FlowGraph, node_id: str) -> FlowGraph:
    """The graph without a node and without its edges; who read it by name reads nothing."""
    node_of(graph, node_id)
    nodes = tuple(one for one in graph.nodes if one.id != node_id)
    edges = tuple(one for one in graph.edges if node_id not in (one.source, one.target))
    return graph.model_copy(update={"nodes": nodes, "edges": edges})


def edge_id(edge: Edge) -> str:
    """A name of an edge that stays as long as its ends do."""
    ends = "\n".join((edge.source, edge.source_handle, edge.target, edge.target_handle))
    return hashlib.sha256(ends.encode()).hexdigest()[:20]


def edge_of(graph: FlowGraph, connection_id: str) -> Edge:
    """An edge by its name.

    Raises:
        PartNotFoundError: there is none.
    """
    for edge in graph.edges:
        if edge_id(edge) == connection_id:
            return edge
    raise PartNotFoundError("connection", connection_id)


def connected(graph: FlowGraph, edge: Edge) -> FlowGraph:
    """The graph with one more edge.

    Raises:
        DrawingRefusedError: an end is missing, the edge is there, or its ends are one node.
    """
    _check(graph, edge)
    return graph.model_copy(update={"edges": (*graph.edges, edge)})


def reconnected(graph: FlowGraph, connection_id: str, edge: Edge) -> FlowGraph:
    """The graph with an edge replaced, at its place in the order.

    Raises:
        PartNotFoundError: there is no such edge.
        DrawingRefusedError: what it shall be could never be meant.
    """
    old = edge_of(graph, connection_id)
    at = graph.edges.index(old)
    rest = (*graph.edges[:at], *graph.edges[at + 1 :])
    _check(graph.model_copy(update={"edges": rest}), edge)
    return graph.model_copy(update={"edges": (*rest[:at], edge, *rest[at:])})


def disconnected(graph: FlowGraph, connection_id: str) -> FlowGraph:
    """The graph without an edge.

    Raises:
        PartNotFoundError: there is no such edge.
    """
    edge_of(graph, connection_id)
    edges = tuple(one for one in graph.edges if edge_id(one) != connection_id)
    return graph.model_copy(update={"edges": edges})


def edge_between(source: str, target: str, handle: str | None, into: str | None = None) -> Edge:
    """An edge; handles are read in any case, and `subdag` is the body of a loop."""
    return Edge(
        source=source, target=target, source_handle=handle_name(handle),
        target_handle=handle_name(into),
    )  # fmt: skip


def _check(graph: FlowGraph, edge: Edge) -> None:
    known = {node.id for node in graph.nodes}
    for field, end in (("source", edge.source), ("target", edge.target)):
        if end not in known:
            raise DrawingRefusedError(field, f"there is no node {end}", "add the node first")
    if edge.source == edge.target:
        fix = "connect two nodes; a loop node repeats what is in its body"
        raise DrawingRefusedError("target", "a node cannot lead to itself", fix)
    if any(edge_id(one) == edge_id(edge) for one in graph.edges):
        raise DrawingRefusedError("target", "these are connected already", "keep the one there is")
