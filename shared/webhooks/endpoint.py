"""An endpoint: what people say about it, and as it is shown; never with a secret."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, field_validator

from shared.events.patterns import Pattern
from shared.platform.tables import Item
from shared.webhooks.filters import ALL, known_types
from shared.webhooks.headers import checked

_LONGEST_URL: Final = 2_000


class EndpointFields(BaseModel):
    """What people say about an endpoint."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    url: Annotated[str, Field(min_length=8, max_length=_LONGEST_URL)] = Field(
        description="Where events are sent: https, and on the internet"
    )
    description: Annotated[str, Field(max_length=500)] = ""
    types: Annotated[tuple[str, ...], Field(min_length=1, max_length=50)] = Field(
        (ALL,), description="Types or their older names; lead.* is all that begin so, * is all"
    )
    filter: dict[str, Any] | None = Field(
        None, description="A pattern over the event, as rules of the bus have them"
    )
    headers: dict[str, str] | None = Field(
        None, description="Sent with each delivery; left out they stay, and are never shown"
    )
    enabled: bool = True

    @field_validator("types")
    @classmethod
    def _known(cls, wanted: tuple[str, ...]) -> tuple[str, ...]:
        return known_types(wanted)

    @field_validator("filter")
    @classmethod
    def _parses(cls, wanted: dict[str, Any] | None) -> dict[str, Any] | None:
        if wanted:
            Pattern(wanted)
        return wanted or None

    @field_validator("headers")
    @classmethod
    def _may_be_sent(cls, wanted: dict[str, str] | None) -> dict[str, str] | None:
        return None if wanted is None else checked(wanted)


class Disabled(BaseModel):
    """Why and since when an endpoint gets nothing, if Millrace disabled it."""

    model_config = ConfigDict(frozen=True)

    reason: str
    at: str


class Endpoint(BaseModel):
    """An endpoint as it is shown."""

    model_config = ConfigDict(frozen=True)

    id: str
    url: str
    description: str
    types: tuple[str, ...]
    filter: dict[str, Any] | None
    header_names: tuple[str, ...]
    enabled: bool
    disabled: Disabled | None = None
    failing_since: str | None = Field(None, description="Since when no delivery succeeded")
    old_secret_until: str | None = Field(
        None, description="Until when deliveries are signed with an earlier secret too"
    )
    version: int
    created_by: str
    created_at: str
    updated_at: str


def shown(item: Item, health: Item | None = None) -> Endpoint:
    """An endpoint of its rows."""
    known = {name: item[name] for name in Endpoint.model_fields if name in item}
    known["filter"] = item.get("filter")
    known["failing_since"] = (health or {}).get("failing_since")
    return Endpoint.model_validate(known)
