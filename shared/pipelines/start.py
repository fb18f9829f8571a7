"""Runs a pipeline for an event and keeps the result: inbox key, run, and the entity's timeline
entry in one transaction, so that an event delivered twice has one effect.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shared.events.chains import Origin, depth_of
from shared.events.envelope import Event
from shared.events.inbox import INBOX_WRITE, handled, inbox_write
from shared.events.outbox import STATE, Change, VersionConflictError, commit, partition
from shared.pipelines.asl import NODE_FAILED
from shared.pipelines.runs import Run, Runs
from shared.platform.clock import Clock, iso, utc_now
from shared.platform.machines import Ended, Machines
from shared.platform.tables import Put, Tables, TablesBusyError, TransactionRefusedError

_ATTEMPTS: Final = 8
_KEYS: Final = ("pk", "sk", "version")
CARRIED: Final = 160_000
"""Characters of data that a machine starts with: it carries 256 KB, and its nodes add to that."""


class PipelineFailedError(Exception):
    """A pipeline did not come to its end; `node` is where it failed, if a node did."""

    def __init__(self, node: str | None, reason: str) -> None:
        super().__init__(reason)
        self.node = node


@dataclass(frozen=True, slots=True)
class Places:
    """Where a starter finds things."""

    pipeline: str
    machine_arn: str
    crm_table: str
    inbox_table: str
    executions_table: str


class Starter:
    """Starts one pipeline."""

    def __init__(
        self, tables: Tables, machines: Machines, places: Places, clock: Clock = utc_now
    ) -> None:
        self._tables = tables
        self._machines = machines
        self._places = places
        self._clock = clock
        self._runs = Runs(tables, places.executions_table)

    def start(self, event: Event, tenant: str, attempt: int) -> bool:
        """Runs the pipeline unless its effect stands; whether it ran.

        Raises:
            PipelineFailedError: it failed or timed out; the run is kept as failed.
            TablesBusyError: the result could not be written; nothing was.
        """
        places = self._places
        if handled(self._tables, places.inbox_table, tenant, places.pipeline, event.id):
            return False
        started = iso(self._clock())
        ended = self._machines.run(
            places.machine_arn, f"{event.id}-{attempt}", item_of(event, tenant, places.pipeline)
        )
        run = run_of(event, places.pipeline, ended, started, attempt, iso(self._clock()))
        if run.status == "failed":
            self._tables.transact([self._runs.write(tenant, run)])
            raise PipelineFailedError(run.node, run.error or "no reason given")
        return self._keep(event, tenant, run)

    def _keep(self, event: Event, tenant: str, run: Run) -> bool:
        places = self._places
        inbox = inbox_write(places.inbox_table, tenant, places.pipeline, event.id, self._clock)
        also: list[Put] = [inbox, self._runs.write(tenant, run)]
        for _ in range(_ATTEMPTS):
            try:
                self._write(event, tenant, run, also)
                return True
            except VersionConflictError:
                continue  # the entity moved on meanwhile; its newer state gets the result
            except TransactionRefusedError as refused:
                if INBOX_WRITE in refused.labels:
                    return False  # another delivery of this event was faster
                raise
        raise TablesBusyError(f"{event.entity} changes faster than a result can be written")

    def _write(self, event: Event, tenant: str, run: Run, also: Sequence[Put]) -> None:
        entity = event.entity
        key = {"pk": partition(tenant, entity), "sk": STATE} if entity else None
        item = self._tables.get(self._places.crm_table, key) if key else None
        if entity is None or item is None:
            # The event is about nothing of ours, or about something deleted since.
            self._tables.transact(also)
            return
        state = {name: value for name, value in item.items() if name not in _KEYS}
        summary = {"execution_id": run.execution_id, "at": run.ended_at, **run.result}
        state["pipelines"] = {**state.get("pipelines", {}), run.pipeline: summary}
        completed = Event(
            "execution.completed",
            {
                "execution_id": run.execution_id,
                "pipeline": run.pipeline,
                "trigger": run.event_type,
                "trace": run.trace,
                "result": run.result,
            },
            {"actor": f"pipeline:{run.pipeline}", **Origin(depth=depth_of(event)).metadata()},
            source="millrace.pipelines",
            time=self._clock(),
            correlation_id=event.correlation_id,
            causation_id=event.id,
        )
        change = Change(tenant, entity, item["version"], state, (completed,))
        commit(self._tables, self._places.crm_table, change, also)


def run_of(event: Event, pipeline: str, ended: Ended, started: str, attempt: int, at: str) -> Run:
    """The record of how a machine ended for an event."""
    node, error, trace = None, None, list(ended.output.get("trace", []))
    if ended.status != "SUCCEEDED":
        node, error = failure_of(ended)
        trace = trace_of(ended)
    before, after = dict(event.data), ended.output.get("data", {})
    added = {k: v for k, v in after.items() if k not in before or before[k] != v}
    return Run(
        execution_id=event.id,
        pipeline=pipeline,
        event_type=event.event_type,
        source=event.source,
        status="failed" if error else "completed",
        attempt=attempt,
        started_at=started,
        ended_at=at,
        trace=trace,
        result=added,
        node=node,
        error=error,
        correlation_id=event.correlation_id,
    )


def item_of(event: Event, tenant: str, pipeline: str, *, dry: bool = False) -> dict[str, Any]:
    """What a pipeline's machine is started with."""
    context = {
        "tenant": tenant,
        "pipeline": pipeline,
        "execution_id": event.id,
        "event_type": event.event_type,
        "entity": str(event.entity) if event.entity else None,
        "correlation_id": event.correlation_id,
        "time": iso(event.time),
        **({"dry": True} if dry else {}),
    }
    data = dict(event.data)
    return _light({"data": data, "trace": [], "route": None, "context": context})


def _light(item: dict[str, Any]) -> dict[str, Any]:
    """An item that a machine can carry: its longest fields left out, as many as must be."""
    whole = len(json.dumps(item["data"]))
    if whole <= CARRIED:
        return item
    sizes = {name: len(json.dumps({name: value})) for name, value in item["data"].items()}
    left_out: list[str] = []
    for name in sorted(sizes, key=lambda name: sizes[name], reverse=True):
        if whole <= CARRIED:
            break
        whole -= sizes[name]
        left_out.append(name)
    data = {name: value for name, value in item["data"].items() if name not in left_out}
    return {**item, "data": data, "context": {**item["context"], "left_out": left_out}}


def failure_of(ended: Ended) -> tuple[str | None, str]:
    """The node at which an execution failed, if it was one, and why."""
    node = ended.error.removeprefix(NODE_FAILED) if ended.error.startswith(NODE_FAILED) else None
    told = _told(ended.cause)
    reason = _reason(told[0]) if told else ended.cause
    return node, reason or ended.error or ended.status


def trace_of(ended: Ended) -> list[dict[str, Any]]:
    """The nodes that had run before an execution failed, and the one that failed."""
    node, _ = failure_of(ended)
    told = _told(ended.cause)
    before = list(told[1]) if told else []
    return [*before, {"node": node, "status": "failed"}] if node else before


def _told(cause: str) -> tuple[Mapping[str, Any], Sequence[dict[str, Any]]] | None:
    """What a Fail state of ours tells; None if the execution ended otherwise."""
    try:
        failure, trace = json.loads(cause)
        return (failure, trace) if isinstance(failure, dict) else None
    except (ValueError, TypeError):
        return None


def _reason(caught: Mapping[str, Any]) -> str:
    """`Error: message` out of the nested JSON that a caught Task leaves."""
    name, inner = str(caught.get("Error", "Error")), str(caught.get("Cause", ""))
    try:
        message = json.loads(inner)["errorMessage"]
    except (ValueError, KeyError, TypeError):
        message = inner
    return f"{name}: {message}"
