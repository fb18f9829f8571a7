"""A flow, ready to be run as often as wanted."""

from __future__ import annotations

from dataclasses import dataclass

from shared.graph import topology
from shared.graph.errors import GraphError
from shared.graph.kinds import Kind
from shared.graph.model import FlowGraph
from shared.graph.plan import Plan, make_plan
from shared.graph.registry import NodeRegistry
from shared.graph.routines import Routine, make_routines


@dataclass(frozen=True, slots=True)
class LoadedFlow:
    """A graph with everything that can be found out before a run."""

    graph: FlowGraph
    plan: Plan
    routines: dict[str, Routine]


def load(graph: FlowGraph, registry: NodeRegistry) -> LoadedFlow:
    """Loads a graph.

    Raises:
        GraphError: it cannot be run; `validate` names everything that is wrong with it.
    """
    plan = make_plan(graph, registry)
    return LoadedFlow(graph, plan, make_routines(plan))


def up_to(flow: LoadedFlow, node_id: str) -> FlowGraph:
    """The part of a flow that a node needs: everything upstream, whole loops, and itself.

    Raises:
        GraphError: there is no such node.
    """
    if all(node.id != node_id for node in flow.graph.nodes):
        raise GraphError(f"until: there is no node {node_id!r}; name a node of the flow")
    wanted = topology.reachable([node_id], topology.leaders(flow.graph.edges))
    inside = topology.bodies(flow.graph, lambda n: flow.routines[n].step.body is not None)
    for loop, body in inside.items():
        if loop in wanted and node_id not in body:
            wanted |= body
    return topology.part(flow.graph, wanted)


def alone(flow: LoadedFlow, node_id: str) -> FlowGraph:
    """A flow of one node; of a loop with its body."""
    wanted = {node_id}
    if flow.routines[node_id].step.definition.kind is Kind.LOOP:
        inside = topology.bodies(flow.graph, lambda n: n == node_id)
        wanted |= inside.get(node_id, set())
    return topology.part(flow.graph, wanted)
