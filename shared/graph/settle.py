"""What follows from a graph and a record: pure, total, the same for both engines.

An edge is live when its source completed and chose it, dead when its source was skipped or chose
another, poisoned when its source failed unhandled or was aborted. A node settles when all its
incoming edges have: poison beats all, else one live edge is enough, else it is skipped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from shared.graph.errors import NodeError
from shared.graph.merge import EMPTY, Item, join
from shared.graph.plan import ENTRY, Inlet, Scope, Step
from shared.graph.record import SETTLED, Entry, Record, Status


class Verdict(Enum):
    """What the incoming edges of a node say."""

    WAIT = "wait"
    RUN = "run"
    SKIP = "skip"
    ABORT = "abort"


Outcome = Callable[[int], Entry | None]
"""The settled entry of a step of the same scope; nothing is: not settled yet."""


def verdict(step: Step, outcome: Outcome) -> Verdict:
    """Whether a node runs, now that its sources stand like this."""
    live = poisoned = False
    for inlet in step.inlets:
        if inlet.source == ENTRY:
            live = True
            continue
        entry = outcome(inlet.source)
        if entry is None or entry.status not in SETTLED:
            return Verdict.WAIT
        poisoned = poisoned or is_poison(entry)
        live = live or entry.route == inlet.handle
    if poisoned:
        return Verdict.ABORT
    return Verdict.RUN if live else Verdict.SKIP


def is_poison(entry: Entry) -> bool:
    """Whether everything behind this node is aborted."""
    unhandled = entry.status is Status.FAILED and entry.route is None
    return unhandled or entry.status is Status.ABORTED


def input_of(scope: Scope, step: Step, outcome: Outcome, base: Mapping[str, Any]) -> Item:
    """The item that enters a node which runs: the join of its live edges."""
    arriving = [item for inlet in step.inlets if (item := _arrived(inlet, outcome)) is not None]
    return join(scope, arriving, base)


def _arrived(inlet: Inlet, outcome: Outcome) -> Item | None:
    if inlet.source == ENTRY:
        return EMPTY
    entry = outcome(inlet.source)
    live = entry is not None and entry.route == inlet.handle
    return Item.of(entry) if entry is not None and live else None


@dataclass(frozen=True, slots=True)
class Settlement:
    """Everything that is known of one scope."""

    scope: Scope
    base: Mapping[str, Any]
    entries: Sequence[Entry]
    """Of every step; those that are not in the record say what follows for them."""

    def statuses(self) -> dict[str, Status]:
        """By node."""
        return {entry.node: entry.status for entry in self.entries}

    def ready(self) -> list[str]:
        """The nodes that may run now, in node order."""
        return [entry.node for entry in self.entries if entry.status is Status.READY]

    def waits_for(self) -> list[Entry]:
        """The nodes whose answer comes from outside."""
        return [entry for entry in self.entries if entry.status is Status.WAITING]

    def input_of(self, node: str) -> dict[str, Any]:
        """What enters a node, whole.

        Raises:
            KeyError: its sources have not all settled.
        """
        step = self.scope.by_id[node]
        if verdict(step, self.entries.__getitem__) is not Verdict.RUN:
            raise KeyError(f"{node}: does not run, so that it has no input")
        return input_of(self.scope, step, self.entries.__getitem__, self.base).view(self.base)

    @property
    def error(self) -> NodeError | None:
        """Of the first node, in node order, that failed unhandled."""
        for entry in self.entries:
            if entry.status is Status.FAILED and entry.route is None:
                return entry.error
        return None

    @property
    def settled(self) -> bool:
        """Whether nothing is left to do."""
        return all(entry.status in SETTLED for entry in self.entries)

    @property
    def status(self) -> Status:
        """Completed only when every node settled without an unhandled failure."""
        if self.settled:
            return Status.FAILED if self.error else Status.COMPLETED
        left = {entry.status for entry in self.entries}
        return Status.WAITING if not left & {Status.READY, Status.RUNNING} else Status.RUNNING

    @property
    def outcome(self) -> Item | None:
        """The merge, in node order, of completed nodes whose chosen output leads nowhere."""
        ends = [
            Item.of(entry)
            for step, entry in zip(self.scope.steps, self.entries, strict=True)
            if entry.status is Status.COMPLETED and entry.route not in step.outlets
        ]
        return join(self.scope, ends, self.base) if ends else None

    @property
    def result(self) -> dict[str, Any] | None:
        """The whole result of the flow, when it completed."""
        if self.status is not Status.COMPLETED or (outcome := self.outcome) is None:
            return None
        return outcome.view(self.base)


def settle(scope: Scope, record: Record, base: Mapping[str, Any], path: str = "") -> Settlement:
    """What a record means for a scope; `path` says for which item of which loops.

    An entry of a node that does not run is no contradiction: a pinned output behind a branch that
    was not taken is simply not looked at.
    """
    entries: list[Entry] = [_PENDING] * len(scope.steps)
    for index in scope.order:
        step = scope.steps[index]
        entries[index] = _entry(step, verdict(step, entries.__getitem__), record, path)
    return Settlement(scope, base, entries)


def _entry(step: Step, found: Verdict, record: Record, path: str) -> Entry:
    if found is Verdict.RUN:
        return record.get(step.id, path) or Entry(step.id, Status.READY, path)
    status = {
        Verdict.WAIT: Status.PENDING,
        Verdict.SKIP: Status.SKIPPED,
        Verdict.ABORT: Status.ABORTED,
    }[found]
    return Entry(step.id, status, path)


_PENDING = Entry("", Status.PENDING)
