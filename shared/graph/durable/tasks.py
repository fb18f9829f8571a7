"""What every task has: where it stands, what leads to it, and how it answers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from shared.graph.durable.checkpoints import TimeLeft
from shared.graph.durable.header import pin_of
from shared.graph.durable.journal import StoreJournal
from shared.graph.durable.messages import Answered, At, Request
from shared.graph.durable.places import Place, before
from shared.graph.durable.suspending import Children
from shared.graph.engine.loaded import LoadedFlow
from shared.graph.engine.state import RunState
from shared.graph.engine.walk import Walk
from shared.graph.journal import JOURNAL
from shared.graph.plan import Step
from shared.graph.pools import PoolExecutor
from shared.graph.record import Entry, Record
from shared.graph.routines import Routine
from shared.graph.values import freeze
from shared.platform.clock import Clock, utc_now

RUNTIME: Final = "runtime"
"""The kind of notes that hold what nodes share, by name."""
MARGIN: Final = 5.0
"""Seconds in which an entry is written."""


@dataclass(frozen=True, slots=True)
class Means:
    """What nodes need of the process that they run in."""

    pools: PoolExecutor
    ports: Mapping[str, Any]
    left: TimeLeft
    children: Callable[[str], Children] | None = None
    """Other workflows, for a tenant."""
    clock: Clock = utc_now

    def now(self) -> datetime:
        """The present moment."""
        return self.clock()

    def in_time(self, routine: Routine) -> Routine:
        """The routine, stopped by the engine before the function is ended by force."""
        most = max(1.0, self.left() - MARGIN)
        return replace(routine, timeout=most) if routine.timeout > most else routine


@dataclass(frozen=True, slots=True)
class Task:
    """One task at its place."""

    place: Place
    request: Request
    means: Means

    @property
    def at(self) -> At:
        """Where the state machine stands, seen from this task."""
        return self.request.state.model_copy(update={"path": self.place.path})

    @property
    def children(self) -> Children | None:
        """Other workflows, for the run's tenant."""
        return self.means.children(self.place.tenant) if self.means.children else None

    @property
    def step(self) -> Step:
        """The step that the task is for."""
        return self.place.scope.by_id[self.request.node]

    def sources(self) -> list[Entry | None]:
        """What stands for the step's sources; for everything upstream where its texts ask for it.

        The error of a task that was lost just before names why.
        """
        place, step, lost = self.place, self.step, self.request.state.lost()
        if reads_nodes(place.flow, place.flow.routines[step.id]):
            return place.derived(place.entries(), before(place.scope, step), lost)
        return place.sources(step, lost)

    def walk(
        self,
        routines: Mapping[str, Routine],
        record: Record,
        own: Collection[str],
        sources: list[Entry | None] | None = None,
        **ports: Any,
    ) -> Walk:
        """The inline engine's view of this place; `own` are the nodes that the task runs."""
        place, graph = self.place, self.place.flow.graph
        pins = {
            key: pin_of(raw)
            for key, raw in place.header.pins.items()
            if key.rpartition("/")[2] in own
        }
        journal = StoreJournal(place.store, place.tenant, place.execution)
        state = RunState(
            routines, self.means.pools, record, place.execution,
            graph.variables_with(place.header.given), freeze(graph.env), self._shared(),
            {JOURNAL: journal, **self.means.ports, **ports}, pins, workflow=graph.id,
        )  # fmt: skip
        walk = Walk(state, place.scope, place.base, place.path, self._outer(own))
        if sources is not None:
            walk.entries = sources
        return walk

    async def done(self, walk: Walk) -> None:
        """Cleans up after the engine's parts, and keeps what nodes share from here on."""
        await walk.run.instances.close()
        place, before_it = self.place, self._shared()
        for name, value in walk.run.runtime.items():
            if name not in before_it or before_it[name] != value:
                note = {"value": freeze(value)}
                place.store.put_note(place.tenant, place.execution, RUNTIME, name, note)

    def _shared(self) -> dict[str, Any]:
        """What nodes of the run have shared so far, where any text of the flow asks for it."""
        place = self.place
        if not mentions_runtime(place.flow):
            return {}
        notes = place.store.notes(place.tenant, place.execution, RUNTIME)
        return {name: note["value"] for name, note in notes.items()}

    def answered(self, route: str | None = None, **more: Any) -> Answered:
        """The next state's input."""
        return Answered(self.at, route, more)

    def _outer(self, own: Collection[str]) -> dict[str, Any]:
        """The outputs of what is upstream of the loops around this place, where texts name them."""
        flow, around = self.place.flow, self.place.outer
        found: dict[str, Any] = {}
        if not any(reads_nodes(flow, flow.routines[node]) for node in own):
            return found
        while around is not None:
            place, loop, _ = around
            upstream = before(place.scope, place.scope.by_id[loop])
            entries = place.derived(place.entries(), upstream)
            known = {
                entry.node: entry.result
                for index, entry in enumerate(entries)
                if entry is not None and index in upstream and entry.route is not None
            }
            found = {**known, **found}
            around = place.outer
        return found


def with_bodies(flow: LoadedFlow, own: Collection[str]) -> frozenset[str]:
    """These nodes and all nodes in their bodies."""
    found, left = set(own), list(own)
    while left:
        step = flow.routines[left.pop()].step
        if step.body is not None:
            inner = [each.id for each in step.body.steps]
            found.update(inner)
            left += inner
    return frozenset(found)


def mentions_runtime(flow: LoadedFlow) -> bool:
    """Whether texts of a flow name what nodes share."""
    return any(RUNTIME in str(node.config) for node in flow.graph.nodes)


def reads_nodes(flow: LoadedFlow, routine: Routine) -> bool:
    """Whether texts of a node, or of nodes in its body, refer to outputs of other nodes."""
    body = routine.step.body
    inner = body is not None and any(reads_nodes(flow, flow.routines[s.id]) for s in body.steps)
    return routine.reads_nodes or inner
