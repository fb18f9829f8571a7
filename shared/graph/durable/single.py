"""Tasks of one node: run it, wait for its answer, take the answer."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from shared.graph import outcome
from shared.graph.durable.header import pin_of
from shared.graph.durable.messages import Answered, NodeTriesAgain
from shared.graph.durable.suspending import Parent, Suspending
from shared.graph.durable.tasks import Task
from shared.graph.engine.attempts import run_node
from shared.graph.errors import NodeError
from shared.graph.merge import Item
from shared.graph.node import Waiting
from shared.graph.record import Entry, Record, Status
from shared.graph.retry import NO_RETRY, TIMEOUT
from shared.graph.settle import input_of

ANSWER: Final = "answer"
TOKEN: Final = "token"  # noqa: S105 - the name of a note
YEAR: Final = 31_536_000
_EXPIRED: Final = ("States.Timeout", "States.HeartbeatTimeout")


async def run(task: Task, sources: list[Entry | None]) -> Answered:
    """Runs a node once; the state machine tries again.

    Raises:
        NodeTriesAgain: the node failed, and its policy allows another try.
    """
    place, step = task.place, task.step
    routine = place.flow.routines[step.id]
    asking = Parent(place.execution, place.path + step.id)
    suspending = Suspending(task.means.clock, task.children, asking)
    ports = suspending.ports() if step.definition.waits else {}
    walk = task.walk(place.flow.routines, Record(), (step.id,), sources, **ports)
    context = walk.context(routine)
    context.attempt = task.request.attempt + 1
    once = replace(task.means.in_time(routine), policy=NO_RETRY)
    entry = await run_node(walk.run, once, item_of(task, sources), place.base, context)
    await task.done(walk)
    if suspending.waiting is not None:
        entry = _waiting_entry(entry, suspending.waiting)
    error = entry.error
    if error is not None and routine.policy.again(error.type, context.attempt):
        raise NodeTriesAgain(f"{error.type}: {error.message}")
    return told(task, place.keep(entry))


async def answer(task: Task, sources: list[Entry | None]) -> Answered:
    """Takes what was answered, or the error of an answer that did not come."""
    place, step = task.place, task.step
    item = item_of(task, sources)
    standing = place.entry(step.id)
    _moved(task, Status.WAITING, Status.RUNNING)
    waited = standing.waits_for if standing is not None and standing.waits_for else {}
    try:
        given = _answer(task, waited)
    except _Unanswered as unanswered:
        return told(task, place.keep(failed(task, item, unanswered.error)))
    walk = task.walk(place.flow.routines, Record(), (step.id,), sources)
    walk.run.pins = {place.path + step.id: given}
    routine = replace(place.flow.routines[step.id], policy=NO_RETRY)
    entry = await run_node(walk.run, routine, item, place.base, walk.context(routine))
    await task.done(walk)
    return told(task, place.keep(entry))


async def token(task: Task) -> Answered:
    """Notes what an answer from outside has to name; starts the workflow that is waited for."""
    place = task.place
    note = {"token": task.request.token}
    place.store.put_note(place.tenant, place.execution, TOKEN, place.path + task.step.id, note)
    _moved(task, Status.RUNNING, Status.WAITING)
    standing = place.entry(task.step.id)
    waited = standing.waits_for if standing is not None and standing.waits_for else {}
    if waited.get("kind") == "workflow" and task.children is not None:
        task.children.start(str(waited["details"]["execution"]))
    return task.answered()


def _moved(task: Task, before: Status, after: Status) -> None:
    """Says of the run that it waits for somebody, or no more."""
    place = task.place
    if place.header.status is before:
        later = replace(place.header, status=after)
        place.store.end(place.tenant, place.execution, place.header, later)


def item_of(task: Task, sources: list[Entry | None]) -> Item:
    """What enters the task's node."""
    return input_of(task.place.scope, task.step, sources.__getitem__, task.place.base)


def failed(task: Task, item: Item, error: NodeError) -> Entry:
    """The entry of a node that failed without being run."""
    entry = outcome.failed(task.step.id, item, error, task.step.catches)
    entry.path, entry.attempts = task.place.path, 1
    return entry


def told(task: Task, entry: Entry) -> Answered:
    """What the state machine needs to know of an entry: its route, or how to wait."""
    if entry.status is not Status.WAITING:
        return task.answered(entry.route)
    waited = entry.waits_for or {}
    kind = "timer" if waited.get("kind") == "timer" else "callback"
    more: dict[str, Any] = {"waits": kind, "seconds": _seconds(waited.get("until"), task)}
    if kind == "timer":
        more["until"] = waited.get("until")
    return task.answered(**more)


class _Unanswered(Exception):  # noqa: N818 - never leaves this module
    def __init__(self, error: NodeError) -> None:
        super().__init__(error.message)
        self.error = error


def _answer(task: Task, waited: Any) -> Any:
    """What stands for the node's result."""
    place, step, lost = task.place, task.step, task.request.state.lost()
    details = waited.get("details") or {}
    if waited.get("kind") == "workflow":
        return _result_of(task, str(details.get("execution")), lost)
    if lost is not None and lost.type in _EXPIRED:
        if "on_timeout" in details:
            return details["on_timeout"]
        raise _Unanswered(NodeError(TIMEOUT, "nobody answered in time", step.id))
    if lost is not None:
        raise _Unanswered(NodeError(lost.type, lost.message, step.id))
    note = place.store.note(place.tenant, place.execution, ANSWER, place.path + step.id)
    return pin_of(dict(note)) if note is not None else None


def _result_of(task: Task, execution: str, lost: NodeError | None) -> Any:
    """The result of another workflow; its error is the node's."""
    place = task.place
    child = place.store.header(place.tenant, execution)
    if child is not None and child.status is Status.COMPLETED:
        return dict(child.result or {})
    error = (child.error if child else None) or lost or NodeError("WorkflowLost", "no result")
    message = f"{execution}: {error.node + ': ' if error.node else ''}{error.message}"
    raise _Unanswered(NodeError(error.type, message, task.step.id))


def _waiting_entry(entry: Entry, waiting: Waiting) -> Entry:
    waits = {"kind": waiting.kind, "until": waiting.until, "details": dict(waiting.details)}
    return Entry(entry.node, Status.WAITING, entry.path, attempts=entry.attempts,
                 started_at=entry.started_at, waits_for=waits)  # fmt: skip


def _seconds(until: str | None, task: Task) -> int:
    if until is None:
        return YEAR
    left = (datetime.fromisoformat(until) - task.means.now()).total_seconds()
    return min(YEAR, max(1, math.ceil(left)))
