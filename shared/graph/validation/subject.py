"""A graph as the checks look at it: what can be looked up even though it may be wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from shared.graph.analysis import FlowAnalyzer
from shared.graph.kinds import Kind
from shared.graph.model import Edge, FlowGraph, Node
from shared.graph.node import BaseNode
from shared.graph.registry import NodeRegistry


@dataclass(frozen=True, slots=True)
class Subject:
    """A graph with its node types, as far as they are known."""

    graph: FlowGraph
    registry: NodeRegistry
    nodes: dict[str, Node]
    definitions: dict[str, type[BaseNode[Any]]]
    edges: tuple[Edge, ...]
    """Those whose both ends exist."""
    uncut: tuple[Edge, ...]
    """Those along which one run goes: a queue in production is no edge of a cycle."""

    @classmethod
    def of(cls, graph: FlowGraph, registry: NodeRegistry) -> Subject:
        """Looks everything up once."""
        nodes = {node.id: node for node in graph.nodes}
        found = {name: registry.find(node.type) for name, node in nodes.items()}
        edges = tuple(e for e in graph.edges if e.source in nodes and e.target in nodes)
        analyzer = FlowAnalyzer(graph, registry)
        production = graph.type == "production"
        uncut = tuple(e for e in edges if not (production and analyzer.is_cut(e)))
        known = {name: definition for name, definition in found.items() if definition}
        return cls(graph, registry, nodes, known, edges, uncut)

    def known(self) -> Iterator[tuple[Node, type[BaseNode[Any]]]]:
        """Every node whose type is known, also those that share an id."""
        for node in self.graph.nodes:
            if definition := self.registry.find(node.type):
                yield node, definition

    def of_kind(self, kind: Kind) -> list[str]:
        """The nodes of a kind."""
        return [name for name, found in self.definitions.items() if found.kind is kind]

    def of_type(self, node_type: str) -> list[str]:
        """The nodes of a type."""
        return [name for name, found in self.definitions.items() if found.type == node_type]
