"""Series and parallel recovered from what leads to what."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from shared.graph.asl.structure import (
    Block,
    Leaf,
    Parallel,
    Series,
    in_series,
    recover,
    steps_of,
)


@st.composite
def shapes(draw):
    """Following steps by number, each leading to higher numbers."""
    count = draw(st.integers(1, 14))
    return [
        sorted(draw(st.sets(st.integers(n + 1, count - 1), max_size=3))) if n + 1 < count else []
        for n in range(count)
    ]


@given(shapes())
def test_every_step_stands_once_and_behind_its_sources(following):
    block = recover(range(len(following)), following)
    order = list(steps_of(block))
    assert sorted(order) == list(range(len(following)))
    place = {step: number for number, step in enumerate(order)}
    assert all(place[n] < place[t] for n, targets in enumerate(following) for t in targets)
    assert not any(crosses(block, n, t) for n, ts in enumerate(following) for t in ts)


def crosses(block: Block, source: int, target: int) -> bool:
    """Whether an edge leads from one branch into another."""
    if isinstance(block, Leaf):
        return False
    inside = [set(steps_of(part)) for part in block.blocks]
    if isinstance(block, Parallel):
        homes = [{source, target} & members for members in inside]
        if any(len(home) == 1 for home in homes):
            return sum(map(len, homes)) == 2
    return any(crosses(part, source, target) for part in block.blocks)


@st.composite
def blocks(draw):
    """A structure, and the edges that it stands for."""
    number = iter(range(100))
    edges: list[tuple[int, int]] = []

    def make(depth: int) -> tuple[Block, list[int], list[int]]:
        kind = draw(st.sampled_from(["leaf", "series", "parallel"])) if depth < 3 else "leaf"
        if kind == "leaf":
            step = next(number)
            return Leaf(step), [step], [step]
        parts = [make(depth + 1) for _ in range(draw(st.integers(2, 3)))]
        if kind == "parallel":
            return (
                Parallel(tuple(part for part, _, _ in parts)),
                [step for _, firsts, _ in parts for step in firsts],
                [step for _, _, lasts in parts for step in lasts],
            )
        for (_, _, lasts), (_, firsts, _) in pairwise(parts):
            edges.extend((last, first) for last in lasts for first in firsts)
        return in_series(*(part for part, _, _ in parts)), parts[0][1], parts[-1][2]

    made, _, _ = make(0)
    return made, edges, next(number)


def precedes(block: Block, found: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """All pairs of which the structure lets one start only after the other."""
    if isinstance(block, Series):
        parts = [list(steps_of(part)) for part in block.blocks]
        for n, early in enumerate(parts):
            found |= {(a, b) for late in parts[n + 1 :] for a in early for b in late}
    for part in () if isinstance(block, Leaf) else block.blocks:
        precedes(part, found)
    return found


@given(blocks())
def test_series_parallel_graphs_are_recovered_without_a_barrier(made):
    block, edges, count = made
    following = [[t for s, t in edges if s == n] for n in range(count)]
    assert precedes(recover(range(count), following), set()) == precedes(block, set())


def test_an_n_gets_one_barrier():
    found = recover(range(4), [[2, 3], [3], [], []])
    assert found == Parallel((Leaf(2),)) or isinstance(found, Series)
    assert len(list(steps_of(found))) == 4


def test_a_long_chain_is_a_series_and_a_wide_graph_one_fork():
    chain = recover(range(10_000), [[n + 1] if n < 9_999 else [] for n in range(10_000)])
    assert isinstance(chain, Series)
    assert len(chain.blocks) == 10_000
    wide = recover(range(2_000), [list(range(1, 2_000)), *([[]] * 1_999)])
    assert isinstance(wide, Series)
    assert isinstance(wide.blocks[1], Parallel)
    assert len(wide.blocks[1].blocks) == 1_999
