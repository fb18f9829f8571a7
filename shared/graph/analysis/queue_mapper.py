"""Gives every writer and reader that are connected a queue of their own.

A name written by hand wins: the writer's for everything it hands over, the reader's for everything
it takes. A writer with two readers feeds both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from shared.graph.kinds import Kind
from shared.graph.model import FlowGraph, Node
from shared.graph.registry import NodeRegistry

QUEUE_FIELD = "queue_name"


@dataclass(frozen=True, slots=True)
class QueueMap:
    """Who writes to and who reads from which queues."""

    writes: Mapping[str, tuple[str, ...]]
    reads: Mapping[str, tuple[str, ...]]
    unconnected: tuple[str, ...] = ()
    """Writers and readers without the other side and without a name by hand."""
    disagreeing: tuple[tuple[str, str], ...] = ()
    """Writers and readers that name different queues by hand."""


class QueueMapper:
    """Names the queues of a graph."""

    def __init__(self, registry: NodeRegistry) -> None:
        """Takes the node types, which say who reads and who writes."""
        self._registry = registry

    def map(self, graph: FlowGraph) -> QueueMap:
        """The queues of a graph, in edge order."""
        nodes = {node.id: node for node in graph.nodes}
        writes: dict[str, list[str]] = defaultdict(list)
        reads: dict[str, list[str]] = defaultdict(list)
        disagreeing = []
        for edge in graph.edges:
            writer, reader = nodes.get(edge.source), nodes.get(edge.target)
            if writer is None or reader is None or not self._hands_over(writer, reader):
                continue
            by_hand = [name for node in (writer, reader) if (name := _by_hand(node))]
            if len(set(by_hand)) > 1:
                disagreeing.append((writer.id, reader.id))
            queue = next(iter(by_hand), f"queue_{writer.id}_{reader.id}")
            for known in (writes[writer.id], reads[reader.id]):
                if queue not in known:
                    known.append(queue)
        unconnected = []
        for node in graph.nodes:
            role = self._role(node)
            side = {"writer": writes, "reader": reads}.get(role)
            if side is None or side.get(node.id):
                continue
            if name := _by_hand(node):
                side[node.id].append(name)
            else:
                unconnected.append(node.id)
        return QueueMap(
            {name: tuple(queues) for name, queues in writes.items() if queues},
            {name: tuple(queues) for name, queues in reads.items() if queues},
            tuple(unconnected),
            tuple(disagreeing),
        )

    def _hands_over(self, writer: Node, reader: Node) -> bool:
        one, other = self._registry.find(writer.type), self._registry.find(reader.type)
        return (
            one is not None
            and other is not None
            and one.kind is Kind.NON_BLOCKING
            and other.kind is Kind.PRODUCER
        )

    def _role(self, node: Node) -> str:
        found = self._registry.find(node.type)
        return found.queue if found else ""


def _by_hand(node: Node) -> str:
    name = str(node.config.get(QUEUE_FIELD) or "")
    return "" if name == "default" else name
