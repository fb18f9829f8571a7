"""The last task of a run: its status, its result, its error."""

from __future__ import annotations

from shared.graph.durable.header import Header
from shared.graph.durable.messages import Answered, RunFailed
from shared.graph.durable.record_store import RecordStore
from shared.graph.durable.single import TOKEN
from shared.graph.durable.suspending import Children
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
    if not place.store.end(place.tenant, place.execution, place.header, header):
        header = place.store.header(place.tenant, place.execution) or header
    return _told(task, header)


def _told(task: Task, header: Header) -> Answered:
    if task.children is not None:
        tell_parent(task.place.store, task.children, task.place.tenant, header)
    if (error := header.error) is not None:
        raise RunFailed(f"{error.node}: {error.type}: {error.message}")
    return task.answered(status=header.status.value)


def tell_parent(store: RecordStore, children: Children, tenant: str, ended: Header) -> None:
    """Lets the run go on that waits for this one; to be done after the header is written."""
    if ended.parent is None:
        return
    found = store.note(tenant, ended.parent.execution, TOKEN, ended.parent.key)
    if found is not None:
        children.resume(str(found["token"]))
