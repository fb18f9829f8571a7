"""Runs one scope: every node as soon as its sources have settled, branches at the same time.

A chain stays in one task; each further branch gets its own. Nothing is ever cut short by a failure
elsewhere: what is not downstream of it still runs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from shared.graph.engine.attempts import run_node
from shared.graph.engine.state import NO_PIN, RunState
from shared.graph.merge import EMPTY, Item
from shared.graph.node import NodeContext
from shared.graph.plan import ENTRY, Scope, Step
from shared.graph.record import SETTLED, Entry, Status
from shared.graph.routines import Routine
from shared.graph.settle import Settlement, Verdict, input_of, verdict

_BREATH: Final = 50
"""After so many nodes of a run, which may never have waited, others get a turn."""


class Walk:
    """One scope on its way: the flow, or the body of a loop for one item."""

    def __init__(
        self,
        run: RunState,
        scope: Scope,
        base: Mapping[str, Any],
        path: str = "",
        outer: Mapping[str, Any] | None = None,
    ) -> None:
        """Takes the scope's input, and the outputs of outer scopes that it may refer to."""
        self.run, self.scope, self.base, self.path = run, scope, base, path
        self.entries: list[Entry | None] = [None] * len(scope.steps)
        self._outer = outer or {}
        self._left = list(scope.open_inlets)
        self._branches: set[asyncio.Task[None]] = set()

    async def go(self) -> Settlement:
        """Runs whatever can run now.

        Raises:
            CancelledError: the run was cancelled; nothing of it goes on.
        """
        try:
            first, *others = self.scope.entries or (None,)
            for index in others:
                self._branch(index)
            if first is not None:
                await self._drive(first)
            while self._branches:
                done, _ = await asyncio.wait(self._branches, return_when=asyncio.FIRST_COMPLETED)
                self._branches -= done
                for branch in done:
                    branch.result()
        except BaseException:
            await self._stop()
            raise
        return self.settlement()

    def settlement(self) -> Settlement:
        """What is known of the scope by now."""
        record = self.run.record
        steps = self.scope.steps
        found = [
            entry
            or record.get(steps[index].id, self.path)
            or Entry(steps[index].id, Status.PENDING, self.path)
            for index, entry in enumerate(self.entries)
        ]
        return Settlement(self.scope, self.base, found)

    def known(self, step: Step) -> dict[str, Any]:
        """The outputs of everything upstream of a step, by node."""
        upstream = self.scope.upstream[step.index]
        found = dict(self._outer)
        for index, entry in enumerate(self.entries):
            if entry is not None and upstream >> index & 1 and entry.route is not None:
                found[entry.node] = entry.result
        return found

    def context(self, routine: Routine) -> NodeContext:
        """What a node is told beside its data."""
        run = self.run
        nodes = self.known(routine.step) if routine.reads_nodes else {}
        return NodeContext(
            routine.id, run.execution_id, self.path, 1, run.variables, run.env, run.runtime,
            nodes, run.ports, run.workflow,
        )  # fmt: skip

    async def _drive(self, index: int) -> None:
        while True:
            entry = await self._step(index)
            if entry.status not in SETTLED:
                return
            ready = self._settled(index, entry)
            if not ready:
                return
            index = ready[0]
            for other in ready[1:]:
                self._branch(other)

    async def _step(self, index: int) -> Entry:
        step = self.scope.steps[index]
        run = self.run
        known = run.record.entries.get(self.path + step.node.id)
        if known is not None and (_stands(known) or self._still_waits(step, known)):
            return known
        routine = run.routines[step.node.id]
        item = self._input(step)
        if step.body is None:
            entry = await run_node(run, routine, item, self.base, self.context(routine))
        else:
            from shared.graph.engine.iteration import run_loop  # a loop's body is a walk again

            entry = await run_loop(self, routine, item)
        await run.keep(entry)
        run.steps += 1
        if run.steps % _BREATH == 0:
            await asyncio.sleep(0)
        return entry

    def _input(self, step: Step) -> Item:
        inlet = step.inlets[0]
        if len(step.inlets) > 1:
            return input_of(self.scope, step, self.entries.__getitem__, self.base)
        source = None if inlet.source == ENTRY else self.entries[inlet.source]
        return EMPTY if source is None else Item(source.output, source.writers, source.keeps)

    def _settled(self, index: int, entry: Entry) -> list[int]:
        """Notes the entry; the steps that may run now, in node order."""
        entries, steps, left = self.entries, self.scope.steps, self._left
        entries[index] = entry
        ready: list[int] = []
        settled = [index]
        while settled:
            for target in steps[settled.pop()].targets:
                left[target] -= 1
                if left[target]:
                    continue
                found = verdict(steps[target], entries.__getitem__)
                if found is Verdict.RUN:
                    ready.append(target)
                    continue
                status = Status.SKIPPED if found is Verdict.SKIP else Status.ABORTED
                entries[target] = Entry(steps[target].node.id, status, self.path)
                settled.append(target)
        if len(ready) > 1:
            ready.sort()
        return ready

    def _still_waits(self, step: Step, known: Entry) -> bool:
        """Whether a node's answer is awaited that nobody has given yet; loops look inside."""
        waits = known.status is Status.WAITING and step.body is None
        return waits and self.run.pin(known.node, self.path) is NO_PIN

    def _branch(self, index: int) -> None:
        self._branches.add(asyncio.create_task(self._drive(index)))

    async def _stop(self) -> None:
        for branch in self._branches:
            branch.cancel()
        await asyncio.gather(*self._branches, return_exceptions=True)
        self._branches.clear()


def _stands(entry: Entry) -> bool:
    """Whether a node's output stands in the record: then it is not run."""
    return entry.status is Status.COMPLETED or entry.route is not None
