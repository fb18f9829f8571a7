"""What lists look like on the outside."""

from __future__ import annotations

from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.events import Event
from shared.events.quarantine import Quarantined
from shared.pipelines.runs import Run
from shared.pipelines.tracing import WorkflowRun


class TimelineEntry(BaseModel):
    """One thing that happened to an entity."""

    id: str
    sequence: int | None
    type: str
    time: AwareDatetime
    actor: str | None
    correlation_id: str | None
    causation_id: str | None
    data: dict[str, Any]
    dataref: str | None = Field(
        None,
        description="Set if `data` shows the small fields only: the page was full of large ones "
        "(ask for this one alone, with limit=1), or what was too large for the bus is gone.",
    )

    @classmethod
    def of(cls, event: Event) -> TimelineEntry:
        """The entry of an event."""
        return cls(
            id=event.id,
            sequence=event.sequence,
            type=event.event_type,
            time=event.time,
            actor=event.metadata.get("actor"),
            correlation_id=event.correlation_id,
            causation_id=event.causation_id,
            data=dict(event.data),
            dataref=event.dataref,
        )


class TimelineView(BaseModel):
    """A page of a timeline, oldest first."""

    entries: list[TimelineEntry]
    cursor: str | None


class TraceEvent(TimelineEntry):
    """One event of a trace, with the entity it is about."""

    entity: str | None

    @classmethod
    def of(cls, event: Event) -> TraceEvent:
        """The entry of an event."""
        entity = str(event.entity) if event.entity else None
        return cls(**TimelineEntry.of(event).model_dump(), entity=entity)


class TraceStep(BaseModel):
    """An event, the runs it started, and where it was given up.

    `event` is null for an event of an outside source: it stands in no timeline.
    """

    event_id: str
    event: TraceEvent | None
    runs: list[Run]
    quarantined: list[Quarantined]
    workflow: WorkflowRun | None = Field(
        None, description="Of the event by which a workflow's run began: the run as it stands."
    )


class TraceView(BaseModel):
    """A page of what one correlation id touched, oldest first."""

    correlation_id: str
    steps: list[TraceStep]
    cursor: str | None


class QuarantineView(BaseModel):
    """A page of quarantined events, newest first."""

    entries: list[Quarantined]
    cursor: str | None


class QuarantineChoice(BaseModel):
    """Which open entries of the quarantine: one consumer's, all or by error and type."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    consumer: str
    error: str | None = Field(None, min_length=1, description="Text that the error holds.")
    type: str | None = None
    cursor: str | None = None


class SweptView(BaseModel):
    """How many entries were dealt with, and where the rest begins."""

    done: int
    cursor: str | None


class RunsView(BaseModel):
    """A page of pipeline runs, newest first."""

    runs: list[Run]
    cursor: str | None
