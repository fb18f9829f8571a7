"""Runs one node for one item: tries, pauses, time limits, and what comes out of it."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Mapping
from time import time
from typing import Any, Final

from shared.graph import outcome
from shared.graph.engine.progress import Progress
from shared.graph.engine.state import NO_PIN, RunState
from shared.graph.errors import NodeError, NodeFailedError
from shared.graph.kinds import Pool
from shared.graph.merge import Item
from shared.graph.node import ExecutionCompleted, NodeContext, NodeResult, Waiting
from shared.graph.record import Entry, Status
from shared.graph.retry import TIMEOUT
from shared.graph.routines import Routine

EXHAUSTED: Final = "exhausted"
"""The route of a producer that has nothing more to give: no edge leaves by it."""


_ANSWERS: Final = frozenset({type(None), dict, NodeResult, list, str})
"""What plain functions answer most: no need to look whether it can be awaited."""


async def run_node(
    run: RunState, routine: Routine, item: Item, base: Mapping[str, Any], context: NodeContext
) -> Entry:
    """The entry of a node that was run for an item, or whose output is pinned."""
    started = time()
    if run.listener is not None:
        run.tell(Progress("started", routine.id, context.path))
    while True:
        try:
            result = await _result(run, routine, item, base, context)
            entry = _entry(routine, item, base, result)
            break
        except asyncio.CancelledError as error:
            if (task := asyncio.current_task()) is None or task.cancelling():
                raise
            found = NodeError.of(error, routine.id)  # the node's own, nobody cancelled it
        except (Exception, SystemExit) as error:
            found = NodeError.of(error, routine.id)
        if not routine.policy.again(found.type, context.attempt):
            entry = outcome.failed(routine.id, item, found, routine.step.catches)
            break
        run.tell(Progress("retrying", routine.id, context.path, context.attempt, error=found))
        await asyncio.sleep(routine.policy.pause(context.attempt))
        context.attempt += 1
    entry.path, entry.attempts = context.path, context.attempt
    entry.started_at, entry.ended_at = started, time()
    if context.usage is not None:
        entry.usage = dict(context.usage)
    return entry


async def _result(
    run: RunState, routine: Routine, item: Item, base: Mapping[str, Any], context: NodeContext
) -> Any:
    if run.pins and (pinned := run.pin(routine.id, context.path)) is not NO_PIN:
        return pinned if isinstance(pinned, NodeResult) else routine.node.answered(pinned)
    data = item.view(base)
    if routine.step.node.inputs:
        data = routine.with_inputs(data, context)
    config = routine.config or routine.config_for(data, context)
    call: Any
    if routine.pool is not Pool.ASYNC:
        call = _pooled(run, routine, config, data, context)
    else:
        node = await run.instances.get(routine, context) if routine.prepared else routine.node
        call = node.execute(config, data, context)
        if not routine.is_async and (type(call) in _ANSWERS or not inspect.isawaitable(call)):
            return call
    return await (call if routine.timeout >= run.limit else _limited(call, routine.timeout))


async def _pooled(
    run: RunState, routine: Routine, config: Any, data: dict[str, Any], context: NodeContext
) -> Any:
    """A node in a thread is the run's own; one in a process is set up where it runs."""
    threaded = routine.prepared and routine.pool is Pool.THREAD
    node = await run.instances.get(routine, context) if threaded else routine.node
    return await run.pools.run(routine.pool, node, config, data, context)


async def _limited(call: Any, seconds: float) -> Any:
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            return await call
    except TimeoutError:
        if limit.expired():
            raise NodeFailedError(TIMEOUT, f"took longer than {seconds:g} s") from None
        raise


def _entry(routine: Routine, item: Item, base: Mapping[str, Any], result: Any) -> Entry:
    if isinstance(result, Waiting):
        told = {"kind": result.kind, "until": result.until, "details": dict(result.details)}
        return Entry(routine.id, Status.WAITING, waits_for=told)
    if isinstance(result, ExecutionCompleted):
        return Entry(routine.id, Status.COMPLETED, "", EXHAUSTED, item.own, item.writers)
    aliases = routine.step.definition.handle_aliases
    route = outcome.chosen_route(result, routine.outputs, aliases)
    return outcome.completed(routine.id, routine.key, route, item, base, result)
