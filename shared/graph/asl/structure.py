"""Series and parallel, recovered from what leads to what.

Steps of which neither leads to the other may run side by side: the components of the comparability
graph (one leads to the other) are parallel, the components of its complement stand in a series. A
set that is connected in both gets one barrier. Barriers cost time and never change a result.

Chains are contracted first. Sets of steps are integers, a bit per step.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

BEST_BARRIER: Final = 64
"""Up to so many steps the cheapest barrier is looked for; above it the middle level is taken."""
MAX_DEPTH: Final = 60
"""Deeper nesting is written as a plain series."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One step."""

    step: int


@dataclass(frozen=True, slots=True)
class Region:
    """Steps that one task runs, each behind its sources."""

    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """Blocks one after the other."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Parallel:
    """Blocks side by side."""

    blocks: tuple[Block, ...]


Block = Leaf | Region | Series | Parallel


def recover(order: Sequence[int], following: Sequence[Sequence[int]]) -> Block:
    """The structure of a graph.

    Args:
        order: every step behind its sources.
        following: the targets of each step.
    """
    chains = _chains(order, following)
    at = {step: number for number, chain in enumerate(chains) for step in chain}
    reach = _Reach([{at[t] for t in following[chain[-1]]} for chain in chains])
    tree = _structure(reach, (1 << len(chains)) - 1, 0)
    return _expanded(tree, chains)


def steps_of(block: Block) -> Iterator[int]:
    """The steps of a block, each behind its sources."""
    waiting = [block]
    while waiting:
        top = waiting.pop()
        if isinstance(top, Leaf):
            yield top.step
        elif isinstance(top, Region):
            yield from top.members
        else:
            waiting.extend(reversed(top.blocks))


def in_series(*blocks: Block) -> Block:
    """The blocks one after the other, without a series within a series."""
    flat: list[Block] = []
    for block in blocks:
        flat.extend(block.blocks if isinstance(block, Series) else [block])
    return flat[0] if len(flat) == 1 else Series(tuple(flat))


class _Reach:
    """What leads to what, as bits; steps are numbered in a topological order."""

    def __init__(self, following: Sequence[set[int]]) -> None:
        count = len(following)
        self.following = following
        self.after, self.before = [0] * count, [0] * count
        for step in reversed(range(count)):
            for target in following[step]:
                self.after[step] |= self.after[target] | (1 << target)
        for step in range(count):
            for target in following[step]:
                self.before[target] |= self.before[step] | (1 << step)

    def comparable(self, step: int) -> int:
        """The steps that lead to this one or that it leads to."""
        return self.after[step] | self.before[step]

    def leaders(self, part: int, within: int) -> int:
        """How many steps of a set lead to the first step of a part."""
        return (self.before[next(bits(part))] & within).bit_count()

    def components(self, within: int, *, complement: bool = False) -> list[int]:
        """The connected components of the comparability graph, or of its complement."""
        found = []
        left = within
        while left:
            part, frontier = 0, left & -left
            while frontier:
                part |= frontier
                near = 0
                for step in bits(frontier):
                    related = self.comparable(step)
                    near |= ~related if complement else related
                frontier = near & left & ~part
            found.append(part)
            left &= ~part
        return found


def bits(members: int) -> Iterator[int]:
    """The numbers of the bits that are set, the smallest first."""
    while members:
        low = members & -members
        yield low.bit_length() - 1
        members ^= low


def _structure(reach: _Reach, within: int, depth: int) -> Block:
    if within & (within - 1) == 0:
        return Leaf(within.bit_length() - 1)
    if depth > MAX_DEPTH:
        return Series(tuple(Leaf(step) for step in bits(within)))
    parts = reach.components(within)
    if len(parts) > 1:
        return Parallel(tuple(_structure(reach, part, depth + 1) for part in parts))
    parts = reach.components(within, complement=True)
    if len(parts) == 1:
        parts = _barrier(reach, within)
    else:
        parts.sort(key=lambda part: reach.leaders(part, within))
    return in_series(*(_structure(reach, part, depth + 1) for part in parts))


def _barrier(reach: _Reach, within: int) -> list[int]:
    """Two halves of a set such that nothing of the second leads to the first."""
    if within.bit_count() > BEST_BARRIER:
        return _middle(reach, within)
    best = min(
        (_cost(reach, first, within & ~first), number, first)
        for number, first in enumerate(_candidates(reach, within))
    )
    return [best[2], within & ~best[2]]


def _candidates(reach: _Reach, within: int) -> Iterator[int]:
    for step in bits(within):
        down = (reach.before[step] | (1 << step)) & within
        up = (reach.after[step] | (1 << step)) & within
        for first in (down, within & ~up):
            if first and first != within:
                yield first


def _cost(reach: _Reach, first: int, second: int) -> tuple[int, int]:
    """Pairs that could have run side by side and no longer may; then how uneven the halves are."""
    apart = sum((second & ~reach.after[step]).bit_count() for step in bits(first))
    return apart, abs(first.bit_count() - second.bit_count())


def _middle(reach: _Reach, within: int) -> list[int]:
    level: dict[int, int] = {}
    for step in bits(within):
        level.setdefault(step, 0)
        for target in reach.following[step]:
            if within >> target & 1:
                level[target] = max(level.get(target, 0), level[step] + 1)
    ranked = sorted(level.values())
    cut = max(1, ranked[len(ranked) // 2])
    first = sum(1 << step for step, height in level.items() if height < cut)
    return [first, within & ~first]


def _chains(order: Sequence[int], following: Sequence[Sequence[int]]) -> list[list[int]]:
    """Steps that follow each other and nothing else, together; in a topological order."""
    sources: dict[int, set[int]] = {step: set() for step in order}
    targets = {step: set(following[step]) for step in order}
    for step in order:
        for target in targets[step]:
            sources[target].add(step)
    chains: dict[int, list[int]] = {}
    for step in order:
        before = next(iter(sources[step]), None) if len(sources[step]) == 1 else None
        if before is not None and len(targets[before]) == 1:
            chains[step] = chains[before]
            chains[step].append(step)
        else:
            chains[step] = [step]
    return [chains[step] for step in order if chains[step][0] == step]


def _expanded(tree: Block, chains: Sequence[Sequence[int]]) -> Block:
    if isinstance(tree, Leaf):
        return in_series(*(Leaf(step) for step in chains[tree.step]))
    if isinstance(tree, Region):
        return tree
    parts = [_expanded(block, chains) for block in tree.blocks]
    return in_series(*parts) if isinstance(tree, Series) else Parallel(tuple(parts))
