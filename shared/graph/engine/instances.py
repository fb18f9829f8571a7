"""Nodes that set something up: one instance per run, set up once, cleaned up once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from shared.graph.engine.loaded import LoadedFlow
from shared.graph.node import BaseNode, NodeContext
from shared.graph.routines import Routine
from shared.graph.values import freeze

_log = logging.getLogger(__name__)


class Instances:
    """The nodes of one run, or of one production loop with all its iterations."""

    def __init__(self) -> None:
        """Starts empty: a node is set up by the first item that reaches it."""
        self._made: dict[str, asyncio.Task[tuple[BaseNode[Any], NodeContext]]] = {}

    async def get(self, routine: Routine, context: NodeContext) -> BaseNode[Any]:
        """The node of this run, set up; whoever comes meanwhile waits for the same set-up."""
        if not routine.prepared:
            return routine.node
        made = self._made.get(routine.id)
        if made is None or (made.done() and (made.cancelled() or made.exception())):
            made = asyncio.create_task(_set_up(routine, context))
            self._made[routine.id] = made
        return (await asyncio.shield(made))[0]

    async def prepare(
        self, flow: LoadedFlow, ports: Mapping[str, Any], runtime: dict[str, Any]
    ) -> None:
        """Sets up every node of a flow before its first item."""
        variables, env = freeze(flow.graph.variables), freeze(flow.graph.env)
        for step in flow.plan.steps():
            context = NodeContext(
                step.id, variables=variables, env=env, runtime=runtime, ports=ports
            )
            await self.get(flow.routines[step.id], context)

    async def close(self) -> None:
        """Cleans up every node that was set up, each once, the last first."""
        made, self._made = self._made, {}
        for node_id, task in reversed(made.items()):
            try:
                node, context = await task
                await node.cleanup(context)
            except Exception:  # one node's trouble must not keep the others from cleaning up
                _log.exception("node %s was not cleaned up", node_id)


async def _set_up(routine: Routine, context: NodeContext) -> tuple[BaseNode[Any], NodeContext]:
    node = routine.step.definition()
    await node.setup(context)
    return node, context
