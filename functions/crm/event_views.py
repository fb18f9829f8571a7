"""What events and their consumers look like on the outside."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from functions.crm.settings import ConsumerFacts
from functions.crm.views import TraceEvent
from shared.consumers.replays import FASTEST, Replay, Status
from shared.events import Event


class EventsView(BaseModel):
    """A page of events, oldest first."""

    events: list[TraceEvent]
    cursor: str | None


class NewEvent(BaseModel):
    """The body that publishes an event."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: str = Field(min_length=1, max_length=100)
    data: dict[str, Any]


class Receipt(BaseModel):
    """What became of an event that was published: it is on its way."""

    id: str
    type: str
    time: AwareDatetime
    correlation_id: str

    @classmethod
    def of(cls, event: Event) -> Receipt:
        """The receipt of an event."""
        return cls(
            id=event.id,
            type=event.event_type,
            time=event.time,
            correlation_id=event.correlation_id or event.id,
        )


class FlowView(BaseModel):
    """What became of the events of one type at one consumer on one day."""

    model_config = ConfigDict(from_attributes=True)

    day: date
    consumer: str
    event_type: str
    published: int
    delivered: int
    failed: int = Field(description="Attempts that failed and come again.")
    dead: int = Field(description="Given up; they are in quarantine.")
    mean_seconds: float | None = Field(description="From the event to its effect.")


class FlowsView(BaseModel):
    """Figures of a tenant, by day, consumer and type."""

    since: date
    until: date
    flows: list[FlowView]


class ConsumerView(ConsumerFacts):
    """A durable consumer: no topics and no types is everything."""

    name: str


class ConsumersView(BaseModel):
    """The durable consumers there are, by name."""

    consumers: list[ConsumerView]


class NewReplay(BaseModel):
    """The body that starts a replay."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    consumer: str
    since: AwareDatetime
    until: AwareDatetime
    type: str | None = Field(None, description="Only events of this type.")
    effects: bool = Field(False, description="Whether effects outside shall happen again.")
    per_second: int = Field(50, ge=1, le=FASTEST)


class ReplayView(BaseModel):
    """A replay and how far it is."""

    id: str
    consumer: str
    type: str | None
    since: AwareDatetime
    until: AwareDatetime
    effects: bool
    per_second: int
    status: Status
    sent: int = Field(description="Events that were put into the consumer's queue.")
    passed: int = Field(description="Events of the window that the consumer does not hear.")
    by: str
    started_at: AwareDatetime
    ended_at: AwareDatetime | None
    error: str | None

    @classmethod
    def of(cls, replay: Replay) -> ReplayView:
        """The view of a replay."""
        return cls.model_validate(replay, from_attributes=True)


class ReplaysView(BaseModel):
    """A page of replays, the latest first."""

    replays: list[ReplayView]
    cursor: str | None
