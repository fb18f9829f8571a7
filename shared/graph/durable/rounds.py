"""Tasks of loops whose bodies wait: states stand for the body, the engine says what is next."""

from __future__ import annotations

from collections.abc import Mapping

from shared.graph.durable.checkpoints import Keeping
from shared.graph.durable.later import Standing, with_later
from shared.graph.durable.messages import Answered
from shared.graph.durable.places import BASE
from shared.graph.durable.single import item_of
from shared.graph.durable.tasks import Task
from shared.graph.engine.iteration import run_loop
from shared.graph.engine.loaded import LoadedFlow
from shared.graph.node import Data
from shared.graph.plan import Scope
from shared.graph.record import SETTLED, Entry, Record


async def go_on(task: Task, sources: list[Entry | None]) -> Answered:
    """Lets the engine see what has ended: it ends the loop, or says which items are next."""
    place, step = task.place, task.step
    if step.body is None:
        raise KeyError(f"{step.id} is no loop")
    loop = place.path + step.id
    record = Record()
    for item in place.store.items(place.tenant, place.execution, loop):
        if "/" not in item.key.removeprefix(loop):
            record.items[item.key] = item
    for entry in _begun(task, step.body, loop, record):
        record.put(entry)
    standing = Standing.of(record)
    routines = with_later(place.flow, step.body, standing)
    walk = task.walk(routines, record, (step.id,), sources)
    walk.run.checkpoint = keeping = Keeping(place, (step.id,), lambda: float("inf"))
    entry = await run_loop(walk, place.flow.routines[step.id], item_of(task, sources))
    keeping.hold()
    await task.done(walk)
    if entry.status in SETTLED:
        return task.answered(place.keep(entry).route)
    paths = _paths(loop, standing.begun)
    for path in paths:
        place.store.put_note(place.tenant, place.execution, BASE, path, standing.begun[path])
    if task.request.mode == "next":
        return Answered(task.at.model_copy(update={"path": paths[0]}), None, {"again": True})
    return task.answered(items=paths)


def path_of(flow: LoadedFlow, loop: str, path: str) -> str:
    """The path of a loop's own place, entered from before it or from the end of its body."""
    depth, scope = 0, flow.plan.scope_of(loop)
    while scope.loop is not None:
        depth, scope = depth + 1, flow.plan.scope_of(scope.loop)
    return "".join(f"{segment}/" for segment in path.split("/")[:-1][:depth])


def _begun(task: Task, body: Scope, loop: str, record: Record) -> list[Entry]:
    """What stands for items that have begun and not ended, missing entries filled in."""
    place = task.place
    paths = {
        f"{loop}[{entry.path.removeprefix(f'{loop}[').partition(']')[0]}]/"
        for entry in place.store.entries(place.tenant, place.execution, f"{loop}[")
    }
    lost, everything = task.request.state.lost(), set(range(len(body.steps)))
    found: list[Entry] = []
    for path in sorted(paths):
        if path.rstrip("/") not in record.items:
            inner = place.at(path)
            derived = inner.derived(inner.entries(), everything, lost)
            found += [entry for entry in derived if entry is not None]
    return found


def _paths(loop: str, begun: Mapping[str, Data]) -> list[str]:
    """The paths of a loop's own items among those that have begun, in item order."""
    own = [path for path in begun if "/" not in path.removeprefix(loop).rstrip("/")]
    return sorted(own, key=lambda path: int(path.rpartition("[")[2].rstrip("]/")))
