"""What webhook endpoints and their deliveries look like on the outside."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.events.catalog import EventType
from shared.webhooks.delivery import Delivery, Status
from shared.webhooks.endpoint import Endpoint
from shared.webhooks.recovery import Recovery
from shared.webhooks.stats import Day


class EndpointWithSecret(Endpoint):
    """An endpoint and its secret, which is never shown again."""

    secret: str | None = Field(description="Null where a request with a key came again")

    @classmethod
    def of(cls, endpoint: Endpoint, secret: str | None) -> EndpointWithSecret:
        """The view of an endpoint."""
        return cls(**endpoint.model_dump(), secret=secret)


class EndpointsView(BaseModel):
    """A page of endpoints, the oldest first."""

    endpoints: list[Endpoint]
    cursor: str | None


class WebhookType(BaseModel):
    """A type of event that endpoints can be sent."""

    name: str
    version: int
    aliases: list[str]
    about: str
    sample: dict[str, Any]

    @classmethod
    def of(cls, kind: EventType) -> WebhookType:
        """The view of a type."""
        about = (kind.model.__doc__ or "").partition("\n")[0]
        return cls(
            name=kind.name, version=kind.version, aliases=list(kind.aliases), about=about,
            sample=dict(kind.sample),
        )  # fmt: skip


class WebhookTypesView(BaseModel):
    """The types of events, by name."""

    types: list[WebhookType]


class SampleBody(BaseModel):
    """Which type's sample is sent."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: str = Field("example_event", max_length=100)


class TryView(BaseModel):
    """One try of a delivery."""

    number: int
    at: AwareDatetime
    ms: int
    status_code: int | None
    error: str | None
    excerpt: str | None = Field(description="The beginning of what the endpoint answered")


class DeliveryView(BaseModel):
    """An event on its way to an endpoint; `event_id` is the header `webhook-id`."""

    id: str
    endpoint_id: str
    event_id: str
    event_type: str
    status: Status
    attempts: int
    due_at: AwareDatetime | None = Field(description="When it is tried next")
    created_at: AwareDatetime
    ended_at: AwareDatetime | None
    why: str | None = Field(description="Why nothing more is sent")
    test: bool
    log: list[TryView]

    @classmethod
    def of(cls, delivery: Delivery) -> DeliveryView:
        """The view of a delivery."""
        return cls.model_validate(delivery, from_attributes=True)


class DeliveriesView(BaseModel):
    """A page of deliveries, the latest event first."""

    deliveries: list[DeliveryView]
    cursor: str | None


class NewRecovery(BaseModel):
    """Since when what failed is sent again."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    since: AwareDatetime


class RecoveryView(BaseModel):
    """A recovery and how far it is."""

    id: str
    endpoint_id: str
    since: AwareDatetime
    status: Literal["running", "done", "stopped"]
    restarted: int = Field(description="Deliveries that are tried again")
    by: str
    started_at: AwareDatetime
    ended_at: AwareDatetime | None
    error: str | None

    @classmethod
    def of(cls, recovery: Recovery) -> RecoveryView:
        """The view of a recovery."""
        return cls.model_validate(recovery, from_attributes=True)


class StatsView(BaseModel):
    """What was sent, by day in UTC."""

    days: list[Day]
