"""Cuts a production graph into loops: at producers, and behind nodes that hand their item over."""

from __future__ import annotations

from dataclasses import dataclass

from shared.graph import topology
from shared.graph.kinds import Kind
from shared.graph.model import Edge, FlowGraph
from shared.graph.registry import NodeRegistry


@dataclass(frozen=True, slots=True)
class ProductionLoop:
    """What one producer starts again and again."""

    producer: str
    graph: FlowGraph
    hands_over: tuple[str, ...]
    """Its non-blocking nodes: paths end there."""


class FlowAnalyzer:
    """Answers questions about whole graphs."""

    def __init__(self, graph: FlowGraph, registry: NodeRegistry) -> None:
        """Takes a graph; unknown node types count as blocking."""
        self._graph = graph
        self._kinds = {
            node.id: found.kind if (found := registry.find(node.type)) else Kind.BLOCKING
            for node in graph.nodes
        }

    def producers(self) -> list[str]:
        """The nodes that start iterations, in node order."""
        return [name for name, kind in self._kinds.items() if kind is Kind.PRODUCER]

    def first_node(self) -> str | None:
        """Where reading the graph begins: a root, else a producer, else the first node."""
        led = {edge.target for edge in self._graph.edges}
        roots = [name for name in self._kinds if name not in led]
        return next(iter([*roots, *self.producers(), *self._kinds]), None)

    def is_cut(self, edge: Edge) -> bool:
        """Whether nothing follows this edge in production: what is behind it is another loop."""
        return (
            self._kinds.get(edge.source) is Kind.NON_BLOCKING
            or self._kinds.get(edge.target) is Kind.PRODUCER
        )

    def loops(self) -> list[ProductionLoop]:
        """One per producer, in node order; nodes behind two producers are in both loops."""
        kept = [edge for edge in self._graph.edges if not self.is_cut(edge)]
        cut = self._graph.model_copy(update={"edges": tuple(kept)})
        following = topology.followers(kept)
        return [
            self._loop(producer, cut, topology.reachable([producer], following))
            for producer in self.producers()
        ]

    def _loop(self, producer: str, cut: FlowGraph, inside: set[str]) -> ProductionLoop:
        ends = tuple(
            name
            for name, kind in self._kinds.items()
            if name in inside and kind is Kind.NON_BLOCKING
        )
        return ProductionLoop(producer, topology.part(cut, inside), ends)
