"""Which blocks a decision alone leads into: what may be passed over when it decides otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shared.graph.asl.structure import Block, steps_of
from shared.graph.kinds import BODY
from shared.graph.plan import Scope, Step


def decides(step: Step) -> bool:
    """Whether what follows a step hangs on which of its outputs it chooses."""
    outputs = set(step.definition.outputs(step.node.config)) - {BODY}
    return bool(step.outlets) and (len(outputs) > 1 or step.catches)


def guard(scope: Scope, step: int, members: Iterable[int]) -> str | None:
    """The only output of a step through which these steps are entered from outside, if it is so."""
    inside = set(members)
    entrances = {
        (inlet.source, inlet.handle)
        for member in inside
        for inlet in scope.steps[member].inlets
        if inlet.source not in inside
    }
    if len(entrances) == 1:
        source, handle = next(iter(entrances))
        return handle if source == step else None
    return None


def extent(scope: Scope, step: int, blocks: Sequence[Block], handle: str) -> int:
    """How many of the blocks, from the first, only this output leads into."""
    inside: set[int] = set()
    for number, block in enumerate(blocks):
        inside |= (members := set(steps_of(block)))
        if any(
            (inlet.source, inlet.handle) != (step, handle) and inlet.source not in inside
            for member in members
            for inlet in scope.steps[member].inlets
        ):
            return number
    return len(blocks)
