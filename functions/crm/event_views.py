"""What events and their consumers look like on the outside."""

from __future__ import annotations

from pydantic import BaseModel

from functions.crm.settings import ConsumerFacts
from functions.crm.views import TraceEvent


class EventsView(BaseModel):
    """A page of events, oldest first."""

    events: list[TraceEvent]
    cursor: str | None


class ConsumerView(ConsumerFacts):
    """A durable consumer: no topics and no types is everything."""

    name: str


class ConsumersView(BaseModel):
    """The durable consumers there are, by name."""

    consumers: list[ConsumerView]
