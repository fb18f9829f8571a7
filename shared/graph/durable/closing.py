"""The last task of a run: its status, its result, its error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from shared.graph.durable.header import Header
from shared.graph.durable.messages import Answered, RunFailed
from shared.graph.durable.record_store import RecordStore
from shared.graph.durable.single import TOKEN
from shared.graph.durable.tasks import Task
from shared.graph.record import Entry, Status
from shared.graph.settle import Settlement


async def finalize(task: Task) -> Answered:
    """Closes the run, unless it was closed from outside meanwhile.

    Raises:
        RunFailed: a node failed unhandled.
    """
    place = task.place
    if place.header.over:
        return _told(task, place.header)
    everything = set(range(len(place.scope.steps)))
    found = place.derived(place.entries(), everything, task.request.state.lost())
    entries = [
        entry or Entry(step.id, Status.PENDING)
        for entry, step in zip(found, place.scope.steps, strict=True)
    ]
    settled = Settlement(place.scope, place.base, entries)
    header = place.header.ended(settled.status, settled.result, settled.error)
    before = place.header
    while not place.store.end(place.tenant, place.execution, before, header):
        standing = place.store.header(place.tenant, place.execution)
        if standing is None or standing.over:
            return _told(task, standing or header)
        before = standing  # it waited, or waits no more, since this task was begun
    return _told(task, header)


def _told(task: Task, header: Header) -> Answered:
    if task.children is not None:
        tell_parent(task.place.store, task.children, task.place.tenant, header)
    if (error := header.error) is not None:
        raise RunFailed(f"{error.node}: {error.type}: {error.message}")
    return task.answered(status=header.status.value)


class Resumes(Protocol):
    """What lets a state machine go on."""

    def succeed(self, token: str, output: Mapping[str, Any]) -> object:
        """Tells the state that waits with a token; it may be gone already."""


def tell_parent(store: RecordStore, machines: Resumes, tenant: str, ended: Header) -> None:
    """Lets the run go on that waits for this one; to be done after the header is written."""
    if ended.parent is None:
        return
    found = store.note(tenant, ended.parent.execution, TOKEN, ended.parent.key)
    if found is not None:
        machines.succeed(str(found["token"]), {})
