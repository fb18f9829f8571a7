"""Tasks of several nodes, which the inline engine runs: regions, and loops that never wait."""

from __future__ import annotations

from collections.abc import Collection

from shared.graph.durable.checkpoints import Keeping
from shared.graph.durable.later import Standing, with_later
from shared.graph.durable.messages import Answered, RunContinues
from shared.graph.durable.places import before
from shared.graph.durable.single import item_of
from shared.graph.durable.tasks import Task, with_bodies
from shared.graph.engine.iteration import run_loop
from shared.graph.record import SETTLED, Entry, Record, Status


async def region(task: Task) -> Answered:
    """Runs nodes of a scope; what stands is not run again.

    Raises:
        RunContinues: the time is nearly up.
    """
    place = task.place
    scope, steps = place.scope, place.scope.by_id
    own = frozenset(task.request.nodes) or frozenset(steps)
    earlier = {index for node in own for index in before(scope, steps[node])}
    outside = {index for index in earlier if scope.steps[index].id not in own}
    found = place.derived(place.entries(), outside, task.request.state.lost())
    standing = [entry for entry in found if entry is not None]
    failed = {entry.node for entry in standing if entry.status is Status.FAILED}
    routines = with_later(place.flow, scope, Standing.of(standing), own - failed)
    routines = {name: task.means.in_time(each) for name, each in routines.items()}
    everything = with_bodies(place.flow, own)
    walk = task.walk(routines, record_of(task, standing, own), everything)
    walk.run.checkpoint = keeping = Keeping(place, everything, task.means.left)
    await walk.go()
    keeping.hold()
    await task.done(walk)
    if walk.run.stopped:
        raise RunContinues
    return task.answered()


async def loop(task: Task, sources: list[Entry | None]) -> Answered:
    """Runs a loop with its body; items that have ended are not run again.

    Raises:
        RunContinues: the time is nearly up.
    """
    place, step = task.place, task.step
    own = with_bodies(place.flow, (step.id,))
    routines = {name: task.means.in_time(each) for name, each in place.flow.routines.items()}
    walk = task.walk(routines, record_of(task, [], (step.id,)), own, sources)
    walk.run.checkpoint = keeping = Keeping(place, own, task.means.left)
    entry = await run_loop(walk, place.flow.routines[step.id], item_of(task, sources))
    keeping.hold()
    await task.done(walk)
    if entry.status not in SETTLED:
        raise RunContinues
    return task.answered(place.keep(entry).route)


def record_of(task: Task, standing: list[Entry], own: Collection[str]) -> Record:
    """What stands, and what an earlier entrance of this task has done within its loops."""
    place, record = task.place, Record()
    for entry in standing:
        record.put(entry)
    for node in own:
        if place.flow.routines[node].step.body is None:
            continue
        inner = place.path + node
        for entry in place.store.entries(place.tenant, place.execution, f"{inner}["):
            record.put(entry)
        for item in place.store.items(place.tenant, place.execution, inner):
            record.items[item.key] = item
    return record
