"""A pipeline as a flow: the graph that the platform's rules decide about.

Every place at which a node stands is a node of the graph, named `node` in the main chain and
`router.route.place.node` in a branch, which may hold routers of its own. A route that the router
does not know goes on in the chain.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from shared.graph import DEFAULT, BlockingNode, Edge, FlowGraph, Node, NodeContext, NodeRegistry
from shared.graph.plan import Plan, make_plan
from shared.graph.retry import RetryPolicy
from shared.pipelines.definition import Pipeline, Policy

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
    _add_chain(pipeline, pipeline.nodes, "", [], nodes, edges)
    return FlowGraph(id=pipeline.name, name=pipeline.name, nodes=tuple(nodes), edges=tuple(edges))


def retry_of(policy: Policy) -> RetryPolicy:
    """A node's policy as the graph's engines read it."""
    return RetryPolicy(
        errors=policy.errors,
        attempts=policy.attempts,
        interval=policy.interval,
        rate=policy.rate,
        maximum=policy.maximum,
        timeout=policy.timeout,
    )


def plan_of(pipeline: Pipeline) -> Plan:
    """The pipeline's plan."""
    return make_plan(as_flow(pipeline), _REGISTRY)


def _add_chain(
    pipeline: Pipeline,
    names: tuple[str, ...],
    branch: str,
    ends: list[tuple[str, str]],
    nodes: list[Node],
    edges: list[Edge],
) -> list[tuple[str, str]]:
    """Adds a chain behind open ends, with the branches of its routers; the ends it leaves open."""
    for place, name in enumerate(names):
        routes = pipeline.routers.get(name, {})
        retry = retry_of(pipeline.policies[name]) if name in pipeline.policies else None
        node = _step(f"{branch}.{place}.{name}" if branch else name, name, tuple(routes), retry)
        nodes.append(node)
        edges += [Edge(source=s, target=node.id, source_handle=h) for s, h in ends]
        ends = [(node.id, DEFAULT)]
        for number, (route, inside) in enumerate(routes.items()):
            first = [(node.id, f"route-{number}")]
            ends += _add_chain(pipeline, inside, f"{node.id}.{route}", first, nodes, edges)
    return ends


def _step(node_id: str, name: str, routes: tuple[str, ...], retry: RetryPolicy | None) -> Node:
    config = {"name": name, "routes": routes}
    return Node(id=node_id, type=PipelineStep.type, config=config, retry=retry)


_REGISTRY: Final = NodeRegistry(PipelineStep)
