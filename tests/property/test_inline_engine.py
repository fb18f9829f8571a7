"""The inline engine finds what `settle` finds, in whatever order; it resumes without repeating."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.graph import (
    Entry,
    FlowEngine,
    FlowGraph,
    ItemEntry,
    Progress,
    Record,
    Run,
    Status,
    make_plan,
)  # fmt: skip
from tests.fakes.drawn import BASE, REGISTRY, flows, plain, run_slowly


def run(graph: FlowGraph, **options: Any) -> Run:
    return asyncio.run(FlowEngine(REGISTRY).run(graph, dict(BASE), **options))


@given(flows(), st.randoms(use_true_random=False))
@settings(max_examples=500, deadline=None)
def test_the_engine_and_settle_agree(graph: FlowGraph, order: random.Random) -> None:
    done = run(graph)
    record = Record()
    slowly = run_slowly(make_plan(graph, REGISTRY).root, record, BASE, "", order)
    assert done.settlement.statuses() == slowly.statuses()
    assert plain(done.record) == plain(record)
    assert (done.status, done.result, done.error) == (slowly.status, slowly.result, slowly.error)


@given(flows(), st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_what_stands_in_the_record_is_not_run_again(graph: FlowGraph, draw: random.Random) -> None:
    whole = run(graph)
    kept = {key: e for key, e in whole.record.entries.items() if draw.random() < 0.5}
    items = {key: item for key, item in whole.record.items.items() if draw.random() < 0.5}
    ran: list[str] = []

    def note(progress: Progress) -> None:
        if progress.what == "started":
            ran.append(progress.path + progress.node)

    engine = FlowEngine(REGISTRY, listener=note)
    again = asyncio.run(engine.run(graph, dict(BASE), record=Record(kept, items)))
    assert (again.status, again.result, again.error) == (whole.status, whole.result, whole.error)
    done = {key for key, e in kept.items() if e.status is Status.COMPLETED or e.route}
    assert not done & set(ran)


class KilledError(Exception):
    """The process is gone."""


class Dying:
    """A checkpoint that keeps what it gets, until the process dies while it writes."""

    def __init__(self, writes: int) -> None:
        self.left, self.kept = writes, Record()

    async def node(self, entry: Entry) -> None:
        self._written()
        self.kept.put(entry)

    async def item(self, item: ItemEntry) -> bool:
        self._written()
        self.kept.items[item.key] = item
        return True

    def _written(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise KilledError


@given(flows(), st.integers(0, 40))
@settings(max_examples=300, deadline=None)
def test_a_run_that_died_anywhere_ends_as_if_it_had_not(graph: FlowGraph, writes: int) -> None:
    whole, dying = run(graph), Dying(writes)
    with suppress(KilledError):
        asyncio.run(FlowEngine(REGISTRY, checkpoint=dying).run(graph, dict(BASE)))
    ran: list[str] = []

    def note(progress: Progress) -> None:
        if progress.what == "started":
            ran.append(progress.path + progress.node)

    engine = FlowEngine(REGISTRY, listener=note)
    again = asyncio.run(engine.run(graph, dict(BASE), record=dying.kept))
    assert (again.status, again.result, again.error) == (whole.status, whole.result, whole.error)
    assert again.settlement.statuses() == whole.settlement.statuses()
    done = {e.key for e in dying.kept if e.status is Status.COMPLETED or e.route}
    assert not done & set(ran)
    assert len(ran) == len(set(ran))


@given(flows())
@settings(max_examples=100, deadline=None)
def test_a_record_survives_being_written_and_read(graph: FlowGraph) -> None:
    done = run(graph)
    read = Record.from_json(done.record.as_json())
    assert plain(read) == plain(done.record)
    assert run(graph, record=read).result == done.result
