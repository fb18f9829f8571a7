"""Does what one task of a compiled flow asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from shared.graph import outcome
from shared.graph.asl.waiting import waits
from shared.graph.durable.checkpoints import Keeping, TimeLeft
from shared.graph.durable.header import pin_of
from shared.graph.durable.later import Standing, with_later
from shared.graph.durable.messages import (
    Answered,
    NodeTriesAgain,
    Request,
    RunContinues,
    RunFailed,
)
from shared.graph.durable.places import BASE, Place, before
from shared.graph.durable.record_store import RecordStore
from shared.graph.engine.attempts import run_node
from shared.graph.engine.iteration import run_loop
from shared.graph.engine.loaded import LoadedFlow
from shared.graph.engine.state import RunState
from shared.graph.engine.walk import Walk
from shared.graph.errors import NodeError
from shared.graph.node import Data
from shared.graph.plan import Scope, Step
from shared.graph.pools import PoolExecutor
from shared.graph.record import SETTLED, Entry, Record, Status
from shared.graph.retry import NO_RETRY, TIMEOUT
from shared.graph.routines import Routine
from shared.graph.settle import Settlement, Verdict, verdict
from shared.graph.values import freeze

Flows = Callable[[str, str], LoadedFlow]
"""The flow of a tenant by the version that a run names."""
ANSWER = "answer"
TOKEN = "token"  # noqa: S105 - the name of a note
_ALWAYS: TimeLeft = lambda: float("inf")  # noqa: E731 - a constant function


class NodeRunner:
    """Runs nodes of compiled flows."""

    def __init__(
        self,
        store: RecordStore,
        flows: Flows,
        *,
        ports: Mapping[str, Any] | None = None,
        pools: PoolExecutor | None = None,
    ) -> None:
        """Takes the record, the flows, and what nodes need."""
        self._store, self._flows = store, flows
        self._ports, self._pools = ports or {}, pools or PoolExecutor()

    async def handle(self, raw: Mapping[str, Any], left: TimeLeft = _ALWAYS) -> dict[str, Any]:
        """What a task answers with.

        Raises:
            NodeTriesAgain: the node failed, and its policy allows another try.
            RunContinues: the task has to be entered again.
            RunFailed: the run is over and failed.
        """
        request = Request.model_validate(raw)
        at = request.state
        header = self._store.header(at.tenant, at.execution)
        if header is None:
            raise RunFailed(f"{at.execution}: there is no such run; start it first")
        flow = self._flows(at.tenant, header.flow)
        path = at.path
        if request.mode == "next":  # entered from the end of the body, too
            path = _outer_path(flow, request.node, path)
        place = Place(self._store, flow, header, at.tenant, at.execution, path)
        task = Task(self, place, request, left)
        answered: Answered = await getattr(task, request.mode)()
        return answered.as_json()

    def state(self, place: Place, routines: Mapping[str, Routine], record: Record) -> RunState:
        """What the inline engine's parts work with."""
        graph = place.flow.graph
        pins = {key: pin_of(raw) for key, raw in place.header.pins.items()}
        return RunState(
            routines, self._pools, record, place.execution, freeze(graph.variables),
            freeze(graph.env), {}, self._ports, pins,
        )  # fmt: skip


class Task:
    """One task: a method per mode."""

    def __init__(self, runner: NodeRunner, place: Place, request: Request, left: TimeLeft) -> None:
        self._runner, self._place, self._request, self._left = runner, place, request, left
        self._at = request.state.model_copy(update={"path": place.path})

    @property
    def _step(self) -> Step:
        return self._place.scope.by_id[self._request.node]

    async def run(self) -> Answered:
        """Runs a node, or a loop whose body never waits."""
        return await self._settle(self._step_run)

    async def answer(self) -> Answered:
        """Ends a node's waiting with what was answered, or with the error of an unanswered one."""
        return await self._settle(self._step_answered)

    async def next(self) -> Answered:
        """Begins the next item of a loop whose body waits, or ends the loop."""
        return await self._settle(self._loop_on)

    async def open(self) -> Answered:
        """Begins all items of a loop."""
        return await self._settle(self._loop_on)

    async def collect(self) -> Answered:
        """Ends a loop whose items have all ended."""
        return await self._settle(self._loop_on)

    async def token(self) -> Answered:
        """Notes what an answer from outside has to name."""
        place = self._place
        place.store.put_note(
            place.tenant, place.execution, TOKEN, place.path + self._request.node,
            {"token": self._request.token},
        )  # fmt: skip
        return Answered(self._at)

    async def region(self) -> Answered:
        """Runs several nodes of a scope inline."""
        place = self._place
        scope, steps = place.scope, place.scope.by_id
        own = frozenset(self._request.nodes) or frozenset(steps)
        earlier = {i for node in own for i in before(scope, steps[node])}
        outside = {i for i in earlier if scope.steps[i].id not in own}
        found = place.derived(place.entries(), outside, self._at.lost())
        standing = [entry for entry in found if entry]
        record = self._record(standing, own)
        failed = {e.node for e in standing if e.status is Status.FAILED}
        routines = with_later(place.flow, scope, Standing.of(standing), own - failed)
        state = self._runner.state(place, routines, record)
        state.checkpoint = Keeping(place, _with_bodies(place, own), self._left)
        walk = Walk(state, scope, place.base, place.path, self._outer(own))
        await walk.go()
        await state.instances.close()
        if state.stopped:
            raise RunContinues
        return Answered(self._at)

    async def finalize(self) -> Answered:
        """Closes the run."""
        place = self._place
        everything = set(range(len(place.scope.steps)))
        found = place.derived(place.entries(), everything, self._at.lost())
        entries = [
            entry or Entry(step.id, Status.PENDING)
            for entry, step in zip(found, place.scope.steps, strict=True)
        ]
        settled = Settlement(place.scope, place.base, entries)
        header = place.header.ended(settled.status, settled.result, settled.error)
        place.store.put_header(place.tenant, place.execution, header)
        if settled.error is not None:
            raise RunFailed(f"{settled.error.node}: {settled.error.type}: {settled.error.message}")
        return Answered(self._at, more={"status": settled.status.value})

    async def _settle(self, do: Any) -> Answered:
        """Answers with what stands, or lets `settle` decide and does what is to be done."""
        place, step = self._place, self._step
        standing = place.entry(step.id)
        if standing is not None and standing.status in SETTLED:
            return Answered(self._at, standing.route)
        sources = self._sources(step)
        if verdict(step, sources.__getitem__) is not Verdict.RUN:
            return Answered(self._at)
        answered: Answered = await do(step, sources)
        return answered

    def _sources(self, step: Step) -> list[Entry | None]:
        place, lost = self._place, self._at.lost()
        routine = place.flow.routines[step.id]
        if _reads_nodes(place.flow, routine):
            return place.derived(place.entries(), before(place.scope, step), lost)
        return place.sources(step, lost)

    async def _step_run(self, step: Step, sources: list[Entry | None]) -> Answered:
        if step.body is not None:
            return await self._loop_run(step, sources)
        place = self._place
        routine = place.flow.routines[step.id]
        walk = self._walk(place.flow.routines, Record(), sources, {step.id})
        context = walk.context(routine)
        context.attempt = self._request.attempt + 1
        once = replace(routine, policy=NO_RETRY)
        item = place.item_of(step, sources)
        entry = await run_node(walk.run, once, item, place.base, context)
        await walk.run.instances.close()
        error = entry.error
        if error is not None and routine.policy.again(error.type, context.attempt):
            raise NodeTriesAgain(f"{error.type}: {error.message}")
        return self._told(place.keep(entry))

    async def _step_answered(self, step: Step, sources: list[Entry | None]) -> Answered:
        place = self._place
        item = place.item_of(step, sources)
        if (lost := self._at.lost()) is not None:
            entry = outcome.failed(step.id, item, _unanswered(lost, step), step.catches)
            entry.path, entry.attempts = place.path, 1
            return self._told(place.keep(entry))
        note = place.store.note(place.tenant, place.execution, ANSWER, place.path + step.id) or {}
        walk = self._walk(place.flow.routines, Record(), sources, {step.id})
        walk.run.pins = {place.path + step.id: pin_of(dict(note))}
        context = walk.context(place.flow.routines[step.id])
        routine = replace(place.flow.routines[step.id], policy=NO_RETRY)
        entry = await run_node(walk.run, routine, item, place.base, context)
        return self._told(place.keep(entry))

    async def _loop_run(self, step: Step, sources: list[Entry | None]) -> Answered:
        place = self._place
        own = _with_bodies(place, frozenset({step.id}))
        record = self._record([], own)
        walk = self._walk(place.flow.routines, record, sources, own)
        walk.run.checkpoint = Keeping(place, own, self._left)
        entry = await run_loop(walk, place.flow.routines[step.id], place.item_of(step, sources))
        await walk.run.instances.close()
        if entry.status not in SETTLED:
            raise RunContinues
        return self._told(place.keep(entry))

    async def _loop_on(self, step: Step, sources: list[Entry | None]) -> Answered:
        """Asks the engine what a loop makes of the items that have ended, and what is next."""
        place, body = self._place, _body(step)
        loop = place.path + step.id
        record = Record()
        ended = place.store.items(place.tenant, place.execution, loop)
        record.items = {i.key: i for i in ended if "/" not in i.key.removeprefix(loop)}
        for entry in self._begun_entries(loop, body, set(record.items)):
            record.put(entry)
        standing = Standing.of(record)
        routines = with_later(place.flow, body, standing)
        walk = self._walk(routines, record, sources, {step.id})
        walk.run.checkpoint = Keeping(place, {step.id}, _ALWAYS)
        entry = await run_loop(walk, place.flow.routines[step.id], place.item_of(step, sources))
        await walk.run.instances.close()
        if entry.status in SETTLED:
            return self._told(place.keep(entry), {"items": []})
        begun = standing.begun
        paths = _items_of(loop, begun)
        for path in paths:
            place.store.put_note(place.tenant, place.execution, BASE, path, begun[path])
        if self._request.mode == "next":
            return Answered(self._at.model_copy(update={"path": paths[0]}), more={"again": True})
        return Answered(self._at, more={"items": paths})

    def _begun_entries(self, loop: str, body: Scope, ended: set[str]) -> list[Entry]:
        """What stands for items that have begun and not ended, missing entries filled in."""
        place = self._place
        paths = {
            f"{loop}[{entry.path.removeprefix(loop + '[').partition(']')[0]}]/"
            for entry in place.store.entries(place.tenant, place.execution, loop + "[")
        }
        found: list[Entry] = []
        everything = set(range(len(body.steps)))
        for path in sorted(paths):
            if path.rstrip("/") not in ended:
                inner = place.at(path)
                found += [e for e in inner.derived(inner.entries(), everything) if e is not None]
        return found

    def _record(self, entries: list[Entry], own: frozenset[str]) -> Record:
        """What stands for nodes of this task, its loops' items among them."""
        place, record = self._place, Record()
        for entry in entries:
            record.put(entry)
        loops = [node for node in own if place.flow.routines[node].step.body is not None]
        for loop in loops:
            if loop not in place.scope.by_id:
                continue
            for entry in place.store.entries(place.tenant, place.execution, f"{place.path}{loop}["):
                record.put(entry)
            for item in place.store.items(place.tenant, place.execution, place.path + loop):
                record.items[item.key] = item
        return record

    def _walk(
        self, routines: Mapping[str, Routine], record: Record, sources: list[Entry | None],
        own: set[str] | frozenset[str],
    ) -> Walk:  # fmt: skip
        place = self._place
        state = self._runner.state(place, routines, record)
        walk = Walk(state, place.scope, place.base, place.path, self._outer(own))
        walk.entries = sources
        return walk

    def _outer(self, own: set[str] | frozenset[str]) -> dict[str, Any]:
        """The outputs of what is upstream of the loops around this place, where texts name them."""
        found: dict[str, Any] = {}
        routines = self._place.flow.routines
        if not any(_reads_nodes(self._place.flow, routines[node]) for node in own):
            return found
        around = self._place.outer
        while around is not None:
            place, loop, _ = around
            step = place.scope.by_id[loop]
            entries = place.derived(place.entries(), before(place.scope, step))
            upstream = before(place.scope, step)
            known = {
                entry.node: entry.result
                for index, entry in enumerate(entries)
                if entry is not None and index in upstream and entry.route is not None
            }
            found = {**known, **found}
            around = place.outer
        return found

    def _told(self, entry: Entry, more: dict[str, Any] | None = None) -> Answered:
        if entry.status is not Status.WAITING:
            return Answered(self._at, entry.route, more or {})
        return Answered(self._at, None, _waiting(self._place, entry))


def _waiting(place: Place, entry: Entry) -> dict[str, Any]:
    """What the state machine needs to know in order to wait."""
    told: Mapping[str, Any] = entry.waits_for or {}
    details: Mapping[str, Any] = told.get("details") or {}
    kind = "callback" if told.get("kind") == "approval" else str(told.get("kind"))
    more: dict[str, Any] = {"waits": kind, "seconds": int(details.get("seconds", 31_536_000))}
    if kind == "timer":
        more["until"] = told.get("until")
    if kind == "workflow":
        more |= {"machine": details["machine"], "child": details["execution"]}
    return more


def _unanswered(lost: NodeError, step: Step) -> NodeError:
    if lost.type in ("States.Timeout", "States.HeartbeatTimeout"):
        return NodeError(TIMEOUT, "nobody answered in time", step.id)
    return NodeError(lost.type, lost.message, step.id)


def _outer_path(flow: LoadedFlow, loop: str, path: str) -> str:
    """The path of a loop's own place, entered from before it or from the end of its body."""
    depth, scope = 0, flow.plan.scope_of(loop)
    while scope.loop is not None:
        depth, scope = depth + 1, flow.plan.scope_of(scope.loop)
    return "".join(f"{segment}/" for segment in path.split("/")[:-1][:depth])


def _items_of(loop: str, begun: Mapping[str, Data]) -> list[str]:
    """The paths of a loop's own items among those that have begun, in item order."""
    own = [path for path in begun if "/" not in path.removeprefix(loop).rstrip("/")]
    return sorted(own, key=lambda path: int(path.rpartition("[")[2].rstrip("]/")))


def _with_bodies(place: Place, own: frozenset[str]) -> frozenset[str]:
    found = set(own)
    left = list(own)
    while left:
        step = place.flow.routines[left.pop()].step
        if step.body is not None:
            inner = [each.id for each in step.body.steps]
            found.update(inner)
            left += inner
    return frozenset(found)


def _reads_nodes(flow: LoadedFlow, routine: Routine) -> bool:
    """Whether texts of a node, or of nodes in its body, refer to outputs of other nodes."""
    body = routine.step.body
    inner = body is not None and any(_reads_nodes(flow, flow.routines[s.id]) for s in body.steps)
    return routine.reads_nodes or inner


def _body(step: Step) -> Scope:
    if step.body is None:
        raise KeyError(f"{step.id} is no loop")
    return step.body


__all__ = ["ANSWER", "TOKEN", "Flows", "NodeRunner", "waits"]
