"""Outputs that were kept from earlier runs of single nodes, put together to a record.

Each was made at its own time, maybe with an input given by hand, so that none is an entry of a run.
Here they become one: node by node in the order of the flow, as far as what leads to each is known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.graph import outcome
from shared.graph.durable.header import pin_of
from shared.graph.engine.loaded import LoadedFlow
from shared.graph.merge import Item
from shared.graph.node import NodeResult
from shared.graph.plan import Step
from shared.graph.record import Entry, Record, Status
from shared.graph.routines import Routine
from shared.graph.settle import Verdict, input_of, settle, verdict
from shared.graph.values import FrozenDict, freeze


@dataclass(frozen=True, slots=True)
class Kept:
    """What a node gave when it ran."""

    written: Mapping[str, Any]
    """The keys that it added to its item, those of an input given by hand among them."""
    route: str
    result_key: str = ""
    keeps: bool = True
    """Whether what entered it goes on beside what it wrote."""


Holds = Callable[[str, Mapping[str, Any]], bool]
"""Whether a node's kept output still counts, for what enters it now."""


def record_of(
    flow: LoadedFlow,
    kept: Mapping[str, Kept],
    pins: Mapping[str, Any],
    base: Mapping[str, Any],
    holds: Holds = lambda node, entering: True,
) -> Record:
    """The record that kept outputs and pins make; nodes behind a missing one are left out."""
    scope, record = flow.plan.root, Record()
    entries: list[Entry | None] = [None] * len(scope.steps)
    for index in scope.order:
        step = scope.steps[index]
        found = _settled(flow, step, entries, kept, pins, base, holds)
        entries[index] = found
        if found is not None and found.status is Status.COMPLETED:
            record.put(found)
    return record


def entering(flow: LoadedFlow, node: str, record: Record, base: Mapping[str, Any]) -> Any:
    """What enters a node of the flow itself, or nothing if that is not known."""
    try:
        return settle(flow.plan.root, record, base).input_of(node)
    except KeyError:
        return None


def _settled(
    flow: LoadedFlow,
    step: Step,
    entries: Sequence[Entry | None],
    kept: Mapping[str, Kept],
    pins: Mapping[str, Any],
    base: Mapping[str, Any],
    holds: Holds,
) -> Entry | None:
    found = verdict(step, entries.__getitem__)
    if found is Verdict.SKIP:
        return Entry(step.id, Status.SKIPPED)
    if found is not Verdict.RUN:
        return None
    item = input_of(flow.plan.root, step, entries.__getitem__, base)
    if step.id in pins:
        return _pinned(flow.routines[step.id], item, base, pins[step.id])
    one = kept.get(step.id)
    if one is None or not holds(step.id, item.view(base)):
        return None
    own = {**item.own, **one.written} if one.keeps else dict(one.written)
    writers = dict.fromkeys(one.written, step.id)
    if one.keeps:
        writers = {**item.writers, **writers}
    return Entry(
        step.id, Status.COMPLETED, "", one.route, FrozenDict(freeze(own)), writers,
        item.keeps and one.keeps, one.result_key,
    )  # fmt: skip


def _pinned(routine: Routine, item: Item, base: Mapping[str, Any], raw: Any) -> Entry:
    found = pin_of(raw)
    result = found if isinstance(found, NodeResult) else routine.node.answered(found)
    aliases = routine.step.definition.handle_aliases
    route = outcome.chosen_route(result, routine.outputs, aliases)
    return outcome.completed(routine.id, routine.key, route, item, base, result)


def kept_of(entry: Entry, by_hand: Mapping[str, Any] | None = None) -> Kept:
    """What is kept of a node that ran; what its input was given by hand goes on with it."""
    own = {key: entry.output[key] for key, who in entry.writers.items() if who == entry.node}
    written = {**(by_hand or {}), **own} if entry.keeps else own
    return Kept(written, entry.route or "default", entry.result_key, entry.keeps)
