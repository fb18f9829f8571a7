"""A pipeline as a flow: the graph that the platform's rules decide about.

Every place at which a node stands is a node of the graph, named `node` in the main chain and
`router.route.place.node` in a branch. A route that the router does not know goes on in the chain.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from shared.graph import DEFAULT, BlockingNode, Edge, FlowGraph, Node, NodeContext, NodeRegistry
from shared.graph.plan import Plan, make_plan
from shared.pipelines.definition import Branches, Pipeline

NODES: Final = "pipeline_nodes"
"""The port that has the nodes of a pipeline by name."""


class StepConfig(BaseModel):
    """Which node of the pipeline stands here, and by which outputs it leaves."""

    model_config = ConfigDict(frozen=True)

    name: str
    routes: tuple[str, ...] = ()


class PipelineStep(BlockingNode[StepConfig]):
    """One node of a pipeline: takes the whole item, answers with the whole next item."""

    type = "pipeline-step"
    Config = StepConfig
    needs = frozenset({NODES})

    @classmethod
    def outputs(cls, config: Mapping[str, Any]) -> tuple[str, ...]:
        """One per route, by number, because routes may differ by case alone."""
        return (DEFAULT, *(f"route-{number}" for number in range(len(config.get("routes", ())))))

    def execute(self, config: StepConfig, data: dict[str, Any], context: NodeContext) -> Any:
        """The node's own step."""
        return context.ports[NODES](config.name).step(data)


def output_of(config: StepConfig, route: str | None) -> str:
    """The output by which an item leaves that carries this route."""
    return f"route-{config.routes.index(route)}" if route in config.routes else DEFAULT


def as_flow(pipeline: Pipeline) -> FlowGraph:
    """The pipeline as a graph."""
    nodes: list[Node] = []
    edges: list[Edge] = []
    open_ends: list[tuple[str, str]] = []
    for name in pipeline.nodes:
        branches = pipeline.routers.get(name, {})
        nodes.append(_step(name, name, tuple(branches)))
        edges += [Edge(source=s, target=name, source_handle=h) for s, h in open_ends]
        open_ends = [(name, DEFAULT), *_add_branches(name, branches, nodes, edges)]
    return FlowGraph(id=pipeline.name, name=pipeline.name, nodes=tuple(nodes), edges=tuple(edges))


def plan_of(pipeline: Pipeline) -> Plan:
    """The pipeline's plan."""
    return make_plan(as_flow(pipeline), _REGISTRY)


def _add_branches(
    router: str, branches: Branches, nodes: list[Node], edges: list[Edge]
) -> list[tuple[str, str]]:
    """Adds the nodes of each route; the ends from which the chain goes on."""
    ends = []
    for number, (route, names) in enumerate(branches.items()):
        end = (router, f"route-{number}")
        for place, name in enumerate(names):
            node = _step(f"{router}.{route}.{place}.{name}", name)
            nodes.append(node)
            edges.append(Edge(source=end[0], target=node.id, source_handle=end[1]))
            end = (node.id, DEFAULT)
        ends.append(end)
    return ends


def _step(node_id: str, name: str, routes: tuple[str, ...] = ()) -> Node:
    return Node(id=node_id, type=PipelineStep.type, config={"name": name, "routes": routes})


_REGISTRY: Final = NodeRegistry(PipelineStep)
