"""Runs a loop: its body once per item, or as long as its condition says."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import time
from typing import Any

from shared.graph import loops, outcome
from shared.graph.engine.progress import Progress
from shared.graph.engine.state import NO_PIN
from shared.graph.engine.walk import Walk
from shared.graph.errors import NodeError
from shared.graph.kinds import DEFAULT
from shared.graph.merge import Item
from shared.graph.node import LoopNode, LoopPolicy, NodeContext
from shared.graph.plan import Scope
from shared.graph.record import Entry, ItemEntry, Status
from shared.graph.routines import Routine
from shared.graph.values import FrozenList, LiveList, freeze


class _Unfinished(Exception):  # noqa: N818 - never leaves this module
    """The loop cannot go on now: an item waits, or a checkpoint asked to stop."""


class _Failed(Exception):  # noqa: N818 - never leaves this module
    def __init__(self, error: NodeError) -> None:
        super().__init__(error.message)
        self.error = error


@dataclass(slots=True)
class _Loop:
    """One loop, run for one item of the scope that it is in."""

    walk: Walk
    routine: Routine
    node: LoopNode[Any]
    body: Scope
    config: Any
    policy: LoopPolicy
    context: NodeContext
    item: Item
    data: dict[str, Any]
    """What the node itself sees: the item and its declared inputs."""
    outer: Mapping[str, Any]
    """Outputs of nodes before the loop, which texts in its body may refer to."""

    async def run_item(self, index: int, base: Mapping[str, Any]) -> ItemEntry:
        """Runs the body for one item, unless it is known how that item ended."""
        run, path = self.walk.run, self.walk.path
        key = loops.item_key(path, self.routine.id, index)
        known = run.record.items.get(key)
        if known is not None:
            return known
        inner = Walk(run, self.body, base, key + "/", self.outer)
        body = await inner.go()
        if not body.settled:
            raise _Unfinished
        entry = loops.item_result(key, body)
        if self.policy.mode != "for_each" and entry.error is None:
            entry.result = loops.next_data(base, body)
        await self._keep(entry, index)
        return entry

    async def _keep(self, entry: ItemEntry, index: int) -> None:
        run = self.walk.run
        run.record.items[entry.key] = entry
        if run.listener is not None:
            run.tell(
                Progress("item", self.routine.id, self.walk.path, index=index, error=entry.error)
            )
        if run.checkpoint is not None and not await run.checkpoint.item(entry):
            run.stopped = True
            raise _Unfinished


async def run_loop(walk: Walk, routine: Routine, item: Item) -> Entry:
    """The entry of a loop that was run; unfinished, it says `waiting` or `running`."""
    started = time()
    walk.run.tell(Progress("started", routine.id, walk.path))
    try:
        entry = await _entry(walk, routine, item)
    except _Unfinished:
        status = Status.RUNNING if walk.run.stopped else Status.WAITING
        entry = Entry(routine.id, status, waits_for={"kind": "items"})
    except _Failed as failure:
        entry = outcome.failed(routine.id, item, failure.error, routine.step.catches)
    entry.path, entry.attempts = walk.path, 1
    entry.started_at, entry.ended_at = started, time()
    return entry


@contextmanager
def _blamed(routine: Routine) -> Iterator[None]:
    """What is raised inside is the loop node's own failure; all else breaks the run."""
    try:
        yield
    except (Exception, SystemExit) as error:
        raise _Failed(NodeError.of(error, routine.id)) from error


async def _entry(walk: Walk, routine: Routine, item: Item) -> Entry:
    result = walk.run.pin(routine.id, walk.path)
    if result is not NO_PIN:
        with _blamed(routine):
            return outcome.completed(routine.id, routine.key, DEFAULT, item, walk.base, result)
    with _blamed(routine):
        loop = await _loop(walk, routine, item)
    if loop.policy.mode == "for_each":
        return await _for_each(loop)
    return await _while(loop)


async def _loop(walk: Walk, routine: Routine, item: Item) -> _Loop:
    context = walk.context(routine)
    data = routine.with_inputs(item.view(walk.base), context)
    node = await walk.run.instances.get(routine, context)
    config = routine.config or routine.config_for(data, context)
    body = routine.step.body
    if not isinstance(node, LoopNode) or body is None:  # pragma: no cover - the plan sees to it
        raise TypeError(f"{routine.id} is no loop")
    outer = walk.known(routine.step)
    policy = node.policy(config)
    return _Loop(walk, routine, node, body, config, policy, context, item, data, outer)


async def _for_each(loop: _Loop) -> Entry:
    data = loop.item.view(loop.walk.base)
    with _blamed(loop.routine):
        items = freeze(list(loop.node.items(loop.config, loop.data, loop.context)), "items")
    if loop.policy.max_iterations:
        items = FrozenList(items[: loop.policy.max_iterations])
    many = loop.policy.concurrency > 1
    ended = await (_concurrently if many else _in_order)(loop, data, items)
    if loop.policy.on_error == "stop":
        _refuse_failed(loop, ended)
    results = [loops.result_of(each) for each in ended]
    with _blamed(loop.routine):
        entry = outcome.completed(
            loop.routine.id, loop.routine.key, DEFAULT, loop.item, loop.walk.base, results
        )
    last = len(items) - 1
    state = loops.loop_state(items, entry.result, max(last, 0), items[last] if items else None)
    return loops.with_state(entry, state)


async def _in_order(loop: _Loop, data: Mapping[str, Any], items: Sequence[Any]) -> list[ItemEntry]:
    ended: list[ItemEntry] = []
    results = LiveList()
    for index in range(len(items)):
        entry = await loop.run_item(index, loops.item_input(data, items, index, results))
        ended.append(entry)
        results.grow(loops.result_of(entry))
        if entry.error and loop.policy.on_error == "stop":
            break
    return ended


async def _concurrently(
    loop: _Loop, data: Mapping[str, Any], items: Sequence[Any]
) -> list[ItemEntry]:
    ended: dict[int, ItemEntry] = {}
    unfinished = False
    left = iter(range(len(items)))

    async def work() -> None:
        nonlocal unfinished
        for index in left:
            if loop.walk.run.stopped:
                unfinished = True
                return
            try:
                ended[index] = await loop.run_item(index, loops.item_input(data, items, index))
            except _Unfinished:
                unfinished = True

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(loop.policy.concurrency, len(items))):
                group.create_task(work())
    except BaseExceptionGroup as broken:  # what broke one item breaks the run, under its own name
        raise broken.exceptions[0] from None
    if unfinished:
        raise _Unfinished
    return [ended[index] for index in range(len(items))]


async def _while(loop: _Loop) -> Entry:
    first = loop.item.view(loop.walk.base)
    data: Mapping[str, Any] = first
    limit = loop.policy.max_iterations or loops.MAX_ITERATIONS
    tested_first = loop.policy.mode == "while"
    count = 0
    while True:
        if (count or tested_first) and not _proceeds(loop, data, count):
            ended = "condition"
            break
        if count == limit:
            ended = "limit"
            break
        entry = await loop.run_item(count, loops.item_input(data, (), count))
        _refuse_failed(loop, [entry])
        data, count = entry.result, count + 1
    return loops.after_condition(loop.routine.id, loop.item, loop.walk.base, data, count, ended)


def _proceeds(loop: _Loop, data: Mapping[str, Any], count: int) -> bool:
    """Asks the node, whose condition may look at the data and at how often the body ran."""
    told = dict(loops.item_input(data, (), count))
    with _blamed(loop.routine):
        return bool(loop.node.proceed(loop.config, told, loop.context))


def _refuse_failed(loop: _Loop, ended: Sequence[ItemEntry]) -> None:
    if error := loops.first_failure(loop.routine.id, ended):
        raise _Failed(error)
