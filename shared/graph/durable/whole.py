"""A whole flow in one task, without a state machine: until it ends, fails, or waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from shared.graph import outcome
from shared.graph.durable.checkpoints import Keeping
from shared.graph.durable.closing import finalize
from shared.graph.durable.header import pin_of
from shared.graph.durable.later import Standing, with_later
from shared.graph.durable.messages import Answered, RunContinues
from shared.graph.durable.places import Place
from shared.graph.durable.several import record_of
from shared.graph.durable.single import ANSWER
from shared.graph.durable.tasks import Task, with_bodies
from shared.graph.errors import NodeError
from shared.graph.record import SETTLED, Entry, Status
from shared.graph.retry import TIMEOUT
from shared.graph.settle import input_of

_KEPT: Final = SETTLED | {Status.WAITING}


async def flow(task: Task) -> Answered:
    """Runs what can run; a run that waits says so in its header, and is called again.

    Raises:
        RunContinues: the time is nearly up.
        RunFailed: a node failed unhandled.
    """
    while True:
        await _walked(task)
        place = task.place
        entries = place.store.entries(place.tenant, place.execution, "")
        waiting = [entry for entry in entries if entry.status is Status.WAITING]
        if not waiting:
            return await finalize(task)
        moments = [
            str(until) for entry in waiting if (until := (entry.waits_for or {}).get("until"))
        ]
        waits = replace(place.header, status=Status.WAITING, until=min(moments, default=None))
        place.store.end(place.tenant, place.execution, place.header, waits)
        # An answer that came before this was written found nobody to call again.
        if not any(entry.key in _answers(task, [entry]) for entry in waiting):
            return task.answered(status=waits.status.value)
        if not place.store.end(place.tenant, place.execution, waits, place.header):
            return task.answered(status=waits.status.value)
        task = _anew(task)


async def _walked(task: Task) -> None:
    place = task.place
    for entry in place.entries():
        if entry is not None and entry.status is Status.WAITING:
            _expire(task, entry)
    scope, own = place.scope, frozenset(place.scope.by_id)
    standing = [entry for entry in place.entries() if entry is not None]
    failed = {entry.node for entry in standing if entry.status is Status.FAILED}
    routines = with_later(place.flow, scope, Standing.of(standing), own - failed)
    routines = {name: task.means.in_time(each) for name, each in routines.items()}
    everything = with_bodies(place.flow, own)
    record = record_of(task, standing, everything)
    walk = task.walk(routines, record, everything)
    given = _answers(task, [entry for entry in record if entry.waits_for])
    walk.run.pins = {**walk.run.pins, **given}
    walk.run.checkpoint = keeping = Keeping(place, everything, task.means.left, _KEPT)
    await walk.go()
    keeping.hold()
    await task.done(walk)
    if walk.run.stopped:
        raise RunContinues


def _answers(task: Task, waiting: list[Entry]) -> dict[str, Any]:
    """What was answered to nodes that wait; a moment that has come is an answer."""
    if not waiting:
        return {}
    place = task.place
    notes = place.store.notes(place.tenant, place.execution, ANSWER)
    found: dict[str, Any] = {key: pin_of(dict(note)) for key, note in notes.items()}
    for entry in waiting:
        waited = entry.waits_for or {}
        details = waited.get("details") or {}
        if entry.key not in found and _over(task, entry) and _has_default(entry):
            found[entry.key] = details.get("on_timeout")
    return found


def _expire(task: Task, entry: Entry) -> None:
    """Fails a node that nobody answered in time, and that says nothing of that case."""
    place = task.place
    if (
        not _over(task, entry)
        or _has_default(entry)
        or _answers(task, [entry]).keys() & {entry.key}
    ):
        return
    step = place.scope.by_id[entry.node]
    item = input_of(place.scope, step, place.sources(step).__getitem__, place.base)
    error = NodeError(TIMEOUT, "nobody answered in time", entry.node)
    place.keep(outcome.failed(entry.node, item, error, step.catches))


def _over(task: Task, entry: Entry) -> bool:
    until = (entry.waits_for or {}).get("until")
    return bool(until) and datetime.fromisoformat(str(until)) <= task.means.now()


def _has_default(entry: Entry) -> bool:
    waited = entry.waits_for or {}
    return waited.get("kind") == "timer" or "on_timeout" in (waited.get("details") or {})


def _anew(task: Task) -> Task:
    """The same task, with nothing remembered of the place."""
    old = task.place
    place = Place(old.store, old.flow, old.header, old.tenant, old.execution)
    return replace(task, place=place)
