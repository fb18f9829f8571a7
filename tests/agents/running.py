"""Agents in flows, on the inline engine and on the durable one."""

from __future__ import annotations

import asyncio
from typing import Any

from shared.graph import FlowGraph, Record
from shared.graph.engine import FlowEngine, Run
from shared.nodes import registry
from shared.nodes.agents.ports import MODELS
from tests.fakes.graphs import graph, node
from tests.fakes.node_ports import node_ports


def agent_flow(**config: Any) -> FlowGraph:
    """A flow of one agent."""
    return graph([node("a", "agent", **config)])


def run(
    flow: FlowGraph, models: Any, given: Any = None, record: Any = None, /, **ports: Any
) -> Run:
    """A run of the inline engine."""
    wired = {**node_ports(), MODELS: models, **ports}

    async def main() -> Run:
        async with FlowEngine(registry(), ports=wired) as engine:
            return await engine.run(flow, given or {}, record=record, execution_id="x")

    return asyncio.run(main())


def run_agent(models: Any, given: Any = None, record: Record | None = None, **config: Any) -> Run:
    """A run of one agent; ports by name may be among the configuration."""
    ports = config.pop("ports", {})
    return run(agent_flow(**config), models, given, record, **ports)
