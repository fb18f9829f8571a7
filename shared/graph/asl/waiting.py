"""What of a flow waits for something outside, and may therefore not stand within one task."""

from __future__ import annotations

from shared.graph.asl.structure import Block, Leaf, Parallel, Region, in_series, steps_of
from shared.graph.plan import Scope, Step


def waits(step: Step) -> bool:
    """Whether a step, or anything in its body, may wait."""
    return step.definition.waits or (step.body is not None and bool(who_waits(step.body)))


def who_waits(scope: Scope) -> list[str]:
    """The ids of the nodes that may wait, in bodies too."""
    found = []
    for step in scope.steps:
        if step.definition.waits:
            found.append(step.id)
        if step.body is not None:
            found += who_waits(step.body)
    return found


def fused(scope: Scope, block: Block) -> Block:
    """The structure with each largest part that never waits as one region."""
    if not any(waits(scope.steps[step]) for step in steps_of(block)):
        return _region(block)
    if isinstance(block, (Leaf, Region)):
        return block
    parts = [fused(scope, part) for part in block.blocks]
    if isinstance(block, Parallel):
        return _beside(parts)
    merged: list[Block] = []
    for part in parts:
        if merged and isinstance(part, Region) and isinstance(merged[-1], Region):
            merged[-1] = _region(merged[-1], part)
        else:
            merged.append(part)
    return in_series(*merged)


def _beside(parts: list[Block]) -> Block:
    regions = [part for part in parts if isinstance(part, Region)]
    others = [part for part in parts if not isinstance(part, Region)]
    return Parallel((*([_region(*regions)] if regions else []), *others))


def _region(*blocks: Block) -> Region:
    return Region(tuple(step for block in blocks for step in steps_of(block)))
