"""Runs a pipeline's machine for a caller who waits: for good, or dry, or one node alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from shared.events.claims import EventTooLargeError
from shared.events.envelope import Event
from shared.pipelines.admission import admitted
from shared.pipelines.mapping import chosen, started_by_types
from shared.pipelines.runs import Runs
from shared.pipelines.start import failure_of, item_of, run_of, trace_of
from shared.platform.clock import Clock, iso, utc_now
from shared.platform.functions import FunctionFailedError, Functions
from shared.platform.ids import new_id
from shared.platform.machines import Ended, Machines
from shared.platform.tables import Tables, Write

_SOURCE = "millrace.api"


def _nothing(_: str, __: Mapping[str, Any]) -> Sequence[Write]:
    return ()


class NoSuchPipelineError(LookupError):
    """A pipeline, or a node of one, that is not there; the message names it."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """A pipeline as others may call it."""

    starts_on: Sequence[str]
    machine_arn: str


@dataclass(frozen=True, slots=True)
class Tried:
    """What a dry run, or a node alone, came to."""

    pipeline: str
    status: Literal["completed", "failed"]
    data: Mapping[str, Any]
    trace: Sequence[Mapping[str, Any]]
    """Each node that ran: status, milliseconds, the data after it, what it asked for outside."""
    failed_node: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls pipelines; what they do is done with their own rights, not the caller's."""

    tables: Tables
    machines: Machines
    functions: Functions
    runs: Runs
    pipelines: Mapping[str, Deployed]
    clock: Clock = utc_now

    def process(
        self,
        tenant: str,
        actor: str,
        event_type: str,
        data: Mapping[str, Any],
        pipeline: str | None = None,
        *,
        known: str | None = None,
        also: Callable[[str, Mapping[str, Any]], Sequence[Write]] = _nothing,
    ) -> dict[str, Any]:
        """The data after the pipeline; after a failure with `error`, `failed_node` and `status`.

        The run is kept, and stands in the list of runs like any other.

        Args:
            known: the run's id, if the caller has one: effects outside know the same run by it.
            also: writes of the transaction that keeps the run, for its id and the answer.

        Raises:
            UnknownEventTypeError, InvalidEventDataError, OursAloneError: see `admitted`.
            AmbiguousEventError: the type starts several pipelines, and none was named.
            NoSuchPipelineError: the one that was named is not there.
            StillRunningError: it takes longer than an API may.
            EventTooLargeError: a machine that is waited for carries no such data.
        """
        name, checked = admitted(event_type, data)
        every = {one: deployed.starts_on for one, deployed in self.pipelines.items()}
        pipeline = pipeline or chosen(event_type, started_by_types(every))
        arn = self._deployed(pipeline).machine_arn
        started = self.clock()
        whole = {**checked, "event_metadata": {"event_type": event_type}}
        event = Event(
            name, whole, {"actor": actor}, id=known or new_id(), source=_SOURCE, tenant=tenant,
            time=started,
        )  # fmt: skip
        ended = self.machines.run(arn, event.id, _whole(item_of(event, tenant, pipeline)))
        run = run_of(event, pipeline, ended, iso(started), 1, iso(self.clock()))
        if run.status == "failed":
            failure = {"error": run.error, "failed_node": run.node, "status": "failed"}
            answer = {**whole, **failure}
        else:
            answer = dict(ended.output["data"])
        self.tables.transact([self.runs.write(tenant, run), *also(event.id, answer)])
        return answer

    def dry_run(
        self, tenant: str, pipeline: str, data: Mapping[str, Any], event_type: str | None = None
    ) -> Tried:
        """Runs every node, with ports that only write down what is asked of them; keeps nothing.

        Raises:
            NoSuchPipelineError: there is no such pipeline.
            StillRunningError: it takes longer than an API may.
        """
        deployed = self._deployed(pipeline)
        item = self._dry(tenant, pipeline, data, event_type)
        ended = self.machines.run(deployed.machine_arn, item["context"]["execution_id"], item)
        return _tried(pipeline, ended, data)

    def dry_node(
        self,
        tenant: str,
        pipeline: str,
        node: str,
        data: Mapping[str, Any],
        event_type: str | None = None,
    ) -> Tried:
        """Runs one node as a dry run does, with this data.

        Raises:
            NoSuchPipelineError: there is no such pipeline, or it has no such node.
        """
        arn = self.machines.called_by(self._deployed(pipeline).machine_arn, node)
        if arn is None:
            raise NoSuchPipelineError(f"{pipeline} has no node {node}")
        item = self._dry(tenant, pipeline, data, event_type)
        try:
            after = self.functions.call(arn, {"item": item, "attempt": 0})
        except FunctionFailedError as error:
            return Tried(pipeline, "failed", dict(data), [], node, error.reason or str(error))
        return _tried(pipeline, Ended("SUCCEEDED", after), data)

    def _deployed(self, pipeline: str) -> Deployed:
        if pipeline not in self.pipelines:
            known = ", ".join(sorted(self.pipelines)) or "none"
            raise NoSuchPipelineError(f"Pipeline '{pipeline}' not found; there are {known}")
        return self.pipelines[pipeline]

    def _dry(
        self, tenant: str, pipeline: str, data: Mapping[str, Any], event_type: str | None
    ) -> dict[str, Any]:
        said = event_type or next(iter(self._deployed(pipeline).starts_on), "")
        event = Event(said, data, source=_SOURCE, tenant=tenant, time=self.clock())
        return _whole(item_of(event, tenant, pipeline, dry=True))


def _whole(item: dict[str, Any]) -> dict[str, Any]:
    """An item of which nothing was left out: whoever waits for the data wants all of it."""
    if left := item["context"].get("left_out"):
        raise EventTooLargeError(
            f"{', '.join(left)}: too long for a pipeline that is waited for; "
            "put the event onto the platform with POST /events/queue/"
        )
    return item


def _tried(pipeline: str, ended: Ended, data: Mapping[str, Any]) -> Tried:
    trace = list(ended.output.get("trace", []))
    if ended.status != "SUCCEEDED":
        where, why = failure_of(ended)
        return Tried(pipeline, "failed", dict(data), trace_of(ended), where, why)
    node = ended.output["context"].get("failed_node")
    error = trace[-1].get("error") if node else None
    status: Literal["completed", "failed"] = "failed" if node else "completed"
    return Tried(pipeline, status, ended.output["data"], trace, node, error)
