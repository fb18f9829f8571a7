"""What one correlation id touched: events of all entities, their runs, and what was given up.

Everything is read by key: events by the index `correlation`, runs of pipelines by the id of the
event and the pipelines that it starts, quarantined deliveries by the id of the event, whichever
consumer gave it up. A workflow's run tells of itself by its events. An event of an outside source
stands in no timeline; its runs and quarantined deliveries make its step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from shared.events.envelope import EntityRef, Event
from shared.events.outbox import STATE, correlated, partition
from shared.events.quarantine import Quarantine, Quarantined
from shared.pipelines.runs import Run, Runs
from shared.platform.tables import Tables

_BEGUN: Final = "execution.started"


class NothingTracedError(Exception):
    """An id that nothing of this tenant is known by; the message says which ids are."""


class WorkflowRun(BaseModel):
    """The run of a workflow, whatever started it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    workflow_id: str
    status: str
    started_at: str
    completed_at: str | None = None
    error: dict[str, Any] | None = None
    correlation_id: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One event and what came of it."""

    event_id: str
    event: Event | None
    """None for an event of an outside source."""
    runs: Sequence[Run]
    quarantined: Sequence[Quarantined]
    workflow: WorkflowRun | None = None
    """Of the event by which a workflow's run began: the run as it stands."""


@dataclass(frozen=True, slots=True)
class Trace:
    """One page of steps, oldest first, and where the next page starts."""

    correlation_id: str
    steps: Sequence[Step]
    next_start: Mapping[str, Any] | None


class Traces:
    """Traces of tenants.

    Args:
        pipelines: each pipeline that there is, and the event types that start it.
    """

    def __init__(
        self,
        tables: Tables,
        table: str,
        executions: str,
        quarantine: Quarantine,
        pipelines: Mapping[str, Sequence[str]],
    ) -> None:
        self._tables = tables
        self._table = table
        self._executions = executions
        self._runs = Runs(tables, executions)
        self._quarantine = quarantine
        self._pipelines = pipelines

    def page(
        self, tenant: str, known: str, *, limit: int, start: Mapping[str, Any] | None = None
    ) -> Trace:
        """What happened under a correlation id; the id of an event that ran stands for its own.

        A next page is asked for by the correlation id that the first one names.

        Raises:
            NothingTracedError: no event and no run is known by it.
        """
        page = self._correlated(tenant, known, limit, start)
        if page.steps or start is not None:
            return page
        if run := self._workflow(tenant, known):
            return self._correlated(tenant, run.correlation_id or known, limit, None)
        # Not a correlation id with a timeline: an event's or a run's own id, or an outside event.
        own = self._step(tenant, known, None, self._pipelines)
        if not (own.runs or own.quarantined):
            raise NothingTracedError(
                f"nothing is known by {known}; give a correlation id, the id of a run, or that of "
                "an event that a pipeline took"
            )
        cause = next((run.correlation_id for run in own.runs if run.correlation_id), known)
        page = self._correlated(tenant, cause, limit, None)
        return page if page.steps else Trace(cause, [own], None)

    def _correlated(
        self, tenant: str, correlation_id: str, limit: int, start: Mapping[str, Any] | None
    ) -> Trace:
        found, more = correlated(
            self._tables, self._table, tenant, correlation_id, limit=limit, start=start
        )
        steps = [self._step(tenant, e.id, e, self._started_by(e.event_type)) for e in found]
        if found and start is None and correlation_id not in {event.id for event in found}:
            first = self._step(tenant, correlation_id, None, self._pipelines)
            steps[:0] = [first] if first.runs or first.quarantined else []
        return Trace(correlation_id, steps, more)

    def _step(
        self, tenant: str, event_id: str, event: Event | None, pipelines: Iterable[str]
    ) -> Step:
        found = (self._runs.get(tenant, pipeline, event_id) for pipeline in pipelines)
        begun = event if event and event.event_type == _BEGUN else None
        return Step(
            event_id,
            event,
            [run for run in found if run],
            self._quarantine.of_event(tenant, event_id),
            self._workflow(tenant, str(begun.data["execution_id"])) if begun else None,
        )

    def _workflow(self, tenant: str, execution_id: str) -> WorkflowRun | None:
        key = {"pk": partition(tenant, EntityRef("execution", execution_id)), "sk": STATE}
        item = self._tables.get(self._executions, key)
        return WorkflowRun.model_validate(item) if item else None

    def _started_by(self, event_type: str) -> list[str]:
        return [name for name, types in self._pipelines.items() if event_type in types]
