"""Runs parts of a flow while it is being written: one node, one item of a loop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shared.graph import loops
from shared.graph.engine.loaded import LoadedFlow
from shared.graph.engine.state import RunState
from shared.graph.engine.walk import Walk
from shared.graph.errors import GraphError
from shared.graph.node import LoopNode
from shared.graph.record import Record, Status
from shared.graph.settle import settle
from shared.graph.values import NOTHING, freeze


def input_for(
    flow: LoadedFlow, node_id: str, record: Record, base: Mapping[str, Any] = NOTHING
) -> dict[str, Any]:
    """What enters a node, from the outputs that stand in a record.

    Raises:
        GraphError: an output that it needs is missing.
    """
    scope = flow.plan.scope_of(node_id)
    if scope.loop is not None:
        raise GraphError(
            f"{node_id} is in the body of {scope.loop}; run {scope.loop}, or give the input"
        )
    found = settle(scope, record, base)
    missing = [
        e.node
        for e in found.entries
        if scope.is_upstream(e.node, node_id) and e.status is Status.READY
    ]
    if missing:
        raise GraphError(
            f"{node_id}: no output of {', '.join(missing)}; run or pin these nodes first"
        )
    try:
        return found.input_of(node_id)
    except KeyError:
        raise GraphError(f"{node_id}: what leads to it was not taken; give the input") from None


async def item_walk(
    flow: LoadedFlow,
    state: RunState,
    loop: str,
    index: int,
    given: Mapping[str, Any],
    results: Sequence[Any] = (),
) -> Walk:
    """The body of a loop for one of its items.

    Raises:
        GraphError: the node is no loop over items, or has no such item.
    """
    routine = flow.routines.get(loop)
    if routine is None or routine.step.body is None or not isinstance(routine.node, LoopNode):
        raise GraphError(f"{loop}: is no loop; name one")
    outer = Walk(state, flow.plan.scope_of(loop), freeze(dict(given)))
    context = outer.context(routine)
    data = dict(outer.base)
    config = routine.config_for(data, context)
    if routine.node.policy(config).mode != "for_each":
        raise GraphError(f"{loop}: its iterations depend on each other; run the whole loop")
    items = freeze(list(routine.node.items(config, data, context)))
    if not 0 <= index < len(items):
        raise GraphError(f"{loop}: iteration_index {index} out of range [0, {len(items)})")
    base = loops.item_input(data, items, index, freeze(list(results)))
    return Walk(state, routine.step.body, base, loops.item_path("", loop, index))
