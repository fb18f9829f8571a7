"""What lists look like on the outside."""

from __future__ import annotations

from typing import Any

from pydantic import AwareDatetime, BaseModel

from shared.events import Event
from shared.events.quarantine import Quarantined
from shared.pipelines.runs import Run


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
        )


class TimelineView(BaseModel):
    """A page of a timeline, oldest first."""

    entries: list[TimelineEntry]
    cursor: str | None


class QuarantineView(BaseModel):
    """A page of quarantined events, newest first."""

    entries: list[Quarantined]
    cursor: str | None


class RunsView(BaseModel):
    """A page of pipeline runs, newest first."""

    runs: list[Run]
    cursor: str | None
