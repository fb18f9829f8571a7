"""A flow of the platform's own node types, on both engines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from shared.graph import FlowGraph
from shared.graph.asl.compiler import compile_flow
from tests.engines.comparing import Durable, inline
from tests.fakes.graphs import REGISTRY
from tests.fakes.node_ports import EchoWorkflows, node_ports


def on_both(
    graph: FlowGraph,
    given: Mapping[str, Any] | None = None,
    ports: Callable[[], Mapping[str, Any]] = node_ports,
    registry: Any = REGISTRY,
) -> dict[str, Any]:
    """What both engines report; each has a world of its own, made by `ports`."""
    item = dict(given or {})
    wanted = asyncio.run(inline(graph, item, {}, registry, ports()))
    durable = Durable(graph, registry=registry, ports=ports(), children=lambda _: EchoWorkflows())
    compiled = compile_flow(durable.flow.plan, granularity="node")
    asyncio.run(durable.interpret(compiled.definition, durable.start(item, {})))
    found = durable.report()
    assert found == wanted
    return found
