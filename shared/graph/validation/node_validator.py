"""Everything that is wrong with a graph, at once, before anything runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from shared.graph import topology
from shared.graph.errors import GraphError
from shared.graph.model import FlowGraph
from shared.graph.plan import make_plan
from shared.graph.registry import NodeRegistry
from shared.graph.validation import contents, shape
from shared.graph.validation.bill import estimate
from shared.graph.validation.problem import Problem, Report
from shared.graph.validation.subject import Subject

Check = Callable[[Subject], Iterator[Problem]]

CHECKS: Final[tuple[Check, ...]] = (
    shape.sizes,
    shape.ids,
    shape.types,
    shape.ends,
    shape.handles,
    shape.entries,
    shape.cycles,
    shape.loop_bodies,
    shape.reach,
    contents.forms,
    contents.texts,
    contents.secrets,
    contents.declared_inputs,
    contents.queues,
    contents.policies,
)


class NodeValidator:
    """Validates graphs; further checks may be added."""

    def __init__(self, registry: NodeRegistry, *more: Check) -> None:
        """Takes the node types that exist, and checks beside the built-in ones."""
        self._registry, self._checks = registry, (*CHECKS, *more)

    def validate(self, graph: FlowGraph, scope_node_id: str | None = None) -> Report:
        """All problems of a graph; with a scope, of this node and what is reached from it."""
        if scope_node_id is not None:
            inside = topology.reachable([scope_node_id], topology.followers(graph.edges))
            graph = topology.part(graph, inside)
        subject = Subject.of(graph, self._registry)
        found = tuple(
            dict.fromkeys(problem for check in self._checks for problem in check(subject))
        )
        report = Report(found)
        try:
            return Report(found, estimate(make_plan(graph, self._registry)))
        except GraphError as error:
            # A production graph is cut into loops first: as a whole it has no plan.
            if graph.type == "production" or not report.ok:
                return report
            what, _, fix = str(error).rpartition("; ")
            return Report((*found, Problem("", "", what, fix)))


def validate(graph: FlowGraph, registry: NodeRegistry) -> Report:
    """All problems of a graph."""
    return NodeValidator(registry).validate(graph)
