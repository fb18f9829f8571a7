"""Does what one task of a compiled flow asks for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from shared.graph.durable import closing, rounds, several, single, whole
from shared.graph.durable.checkpoints import TimeLeft
from shared.graph.durable.messages import Answered, Request, RunFailed, RunOver
from shared.graph.durable.places import Place
from shared.graph.durable.record_store import RecordStore
from shared.graph.durable.suspending import Children
from shared.graph.durable.tasks import Means, Task
from shared.graph.engine.loaded import LoadedFlow
from shared.graph.pools import PoolExecutor
from shared.graph.record import SETTLED, Entry, Status
from shared.graph.settle import Verdict, verdict
from shared.platform.clock import Clock, utc_now

Flows = Callable[[str, str], LoadedFlow]
"""The flow of a tenant by the version that a run names."""
Settled = Callable[[Task, list[Entry | None]], Awaitable[Answered]]

_WHOLE: Final[Mapping[str, Callable[[Task], Awaitable[Answered]]]] = {
    "region": several.region,
    "finalize": closing.finalize,
    "token": single.token,
    "flow": whole.flow,
}
_STOPPED: Final = frozenset({Status.CANCELLED, Status.FAILED})
_OF_A_NODE: Final[Mapping[str, Settled]] = {
    "run": single.run,
    "answer": single.answer,
    "next": rounds.go_on,
    "open": rounds.go_on,
    "collect": rounds.go_on,
}


class NodeRunner:
    """Runs nodes of compiled flows."""

    def __init__(
        self,
        store: RecordStore,
        flows: Flows,
        *,
        ports: Mapping[str, Any] | None = None,
        pools: PoolExecutor | None = None,
        children: Callable[[str], Children] | None = None,
        clock: Clock = utc_now,
    ) -> None:
        """Takes the record, the flows, and what nodes need."""
        self._store, self._flows = store, flows
        self._means = Means(
            pools or PoolExecutor(), ports or {}, lambda: float("inf"), children, clock
        )

    async def handle(self, raw: Mapping[str, Any], left: TimeLeft | None = None) -> dict[str, Any]:
        """What a task answers with; `left` tells the seconds until the function is ended.

        Raises:
            NodeTriesAgain: the node failed, and its policy allows another try.
            RunContinues: the task has to be entered again.
            RunFailed: the run is over and failed.
            RunOver: the run was ended from outside.
        """
        task = self._task(Request.model_validate(raw), left)
        mode = task.request.mode
        answered = await (_WHOLE[mode](task) if mode in _WHOLE else _settle(task))
        return answered.as_json()

    def _task(self, request: Request, left: TimeLeft | None) -> Task:
        at = request.state
        header = self._store.header(at.tenant, at.execution)
        if header is None:
            raise RunFailed(f"{at.execution}: there is no such run; start it first")
        if header.status in _STOPPED and request.mode != "finalize":
            raise RunOver(f"{at.execution}: is {header.status}; nothing of it is run any more")
        flow = self._flows(at.tenant, header.flow)
        path = rounds.path_of(flow, request.node, at.path) if request.mode == "next" else at.path
        place = Place(self._store, flow, header, at.tenant, at.execution, path)
        return Task(place, request, replace(self._means, left=left) if left else self._means)


async def _settle(task: Task) -> Answered:
    """Answers with what stands, or lets `settle` decide and does what is to be done."""
    standing = task.place.entry(task.step.id)
    if standing is not None and standing.status in SETTLED:
        return task.answered(standing.route)
    sources = task.sources()
    if verdict(task.step, sources.__getitem__) is not Verdict.RUN:
        return task.answered()
    loop = task.request.mode == "run" and task.step.body is not None
    do = several.loop if loop else _OF_A_NODE[task.request.mode]
    return await do(task, sources)
