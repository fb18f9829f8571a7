"""Where a task stands in a flow: the scope, the item of its loops, and what leads to a node."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from shared.graph import outcome
from shared.graph.durable.header import Header
from shared.graph.durable.record_store import RecordStore
from shared.graph.engine.loaded import LoadedFlow
from shared.graph.errors import NodeError
from shared.graph.plan import ENTRY, Scope, Step
from shared.graph.record import SETTLED, Entry, Status
from shared.graph.settle import Verdict, input_of, verdict

LOST: Final = "NodeLost"
"""The error type of a node whose function ended without an answer."""
BASE: Final = "base"
"""The kind of note that holds an item's input."""
_SEGMENT: Final = re.compile(r"(?P<loop>[^/]+)\[(?P<index>\d+)\]/$")
_MANY: Final = 8
"""More sources than this are read by one query."""


@dataclass
class Place:
    """One scope of a run, for one item of the loops around it."""

    store: RecordStore
    flow: LoadedFlow
    header: Header
    tenant: str
    execution: str
    path: str = ""

    @cached_property
    def scope(self) -> Scope:
        """The flow itself, or the body of the innermost loop of the path."""
        outer = self.outer
        if outer is None:
            return self.flow.plan.root
        found = self.flow.routines[outer[1]].step.body
        if found is None:
            raise KeyError(f"{outer[1]} has no body; the path {self.path} is none of this flow")
        return found

    @cached_property
    def outer(self) -> tuple[Place, str, int] | None:
        """The place around the loop, the loop, and which of its items this is."""
        if not self.path:
            return None
        found = _SEGMENT.search(self.path)
        if found is None:
            raise ValueError(f"{self.path!r} is no path of items; it reads loop[0]/inner[3]/")
        return self.at(self.path[: found.start()]), found["loop"], int(found["index"])

    @cached_property
    def base(self) -> Mapping[str, Any]:
        """The scope's own input."""
        if not self.path:
            return self.header.given
        found = self.store.note(self.tenant, self.execution, BASE, self.path)
        if found is None:
            raise KeyError(f"{self.path}: the item has no input; its loop never began it")
        return found

    def at(self, path: str) -> Place:
        """Another place of the same run."""
        return Place(self.store, self.flow, self.header, self.tenant, self.execution, path)

    def entry(self, node: str) -> Entry | None:
        """What stands for a node of this place."""
        return self.store.entry(self.tenant, self.execution, self.path + node)

    def keep(self, entry: Entry) -> Entry:
        """Writes an entry; the one that stands now."""
        return self.store.put_entry(self.tenant, self.execution, entry)

    def entries(self) -> list[Entry | None]:
        """What stands for every step of this place; nothing is: no entry."""
        found: list[Entry | None] = [None] * len(self.scope.steps)
        for entry in self.store.entries(self.tenant, self.execution, self.path):
            if entry.path == self.path and entry.node in self.scope.by_id:
                found[self.scope.by_id[entry.node].index] = entry
        return found

    def sources(self, step: Step, lost: NodeError | None = None) -> list[Entry | None]:
        """The entries that a step's sources have settled with, in the places of their steps.

        A source without an entry was passed over, or its task was lost: its own sources tell.
        """
        if len(step.inlets) > _MANY:
            return self.derived(self.entries(), before(self.scope, step), lost)
        found: list[Entry | None] = [None] * len(self.scope.steps)
        wanted, left = set[int](), _sources(step)
        while left:
            wanted |= left
            for index in left:
                found[index] = self.entry(self.scope.steps[index].id)
            missing = [index for index in left if not _settled(found[index])]
            left = {s for index in missing for s in _sources(self.scope.steps[index])} - wanted
        return self.derived(found, wanted, lost)

    def derived(
        self, found: list[Entry | None], wanted: set[int], lost: NodeError | None = None
    ) -> list[Entry | None]:
        """The same entries, with those that are missing filled in: skipped, aborted or lost."""
        for index in self.scope.order:
            if index in wanted and not _settled(found[index]):
                found[index] = self._missing(self.scope.steps[index], found, lost)
        return found

    def _missing(
        self, step: Step, found: list[Entry | None], lost: NodeError | None
    ) -> Entry | None:
        ruling = verdict(step, found.__getitem__)
        if ruling is Verdict.SKIP:
            return Entry(step.id, Status.SKIPPED, self.path)
        if ruling is Verdict.ABORT:
            return Entry(step.id, Status.ABORTED, self.path)
        if ruling is Verdict.WAIT:
            return None
        item = input_of(self.scope, step, found.__getitem__, self.base)
        why = f"{lost.type}: {lost.message}" if lost else "its function ended without an answer"
        entry = outcome.failed(step.id, item, NodeError(LOST, why, step.id), step.catches)
        entry.path = self.path
        return self.keep(entry)


def before(scope: Scope, step: Step) -> set[int]:
    """Every step upstream of a step."""
    return {index for index in range(len(scope.steps)) if scope.upstream[step.index] >> index & 1}


def _sources(step: Step) -> set[int]:
    return {inlet.source for inlet in step.inlets if inlet.source != ENTRY}


def _settled(entry: Entry | None) -> bool:
    return entry is not None and entry.status in SETTLED
