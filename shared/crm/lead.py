"""A lead: its fields, its columns, and what an input may say about it (seed 002, section 3)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    model_validator,
)

LeadStatus = Literal["Interest", "Meeting booked", "Proposal sent", "Closed win", "Closed lost"]
STATUSES: Final[tuple[LeadStatus, ...]] = get_args(LeadStatus)
"""The board's columns, in their order."""

Qualification = Literal["new", "qualified", "rejected", "converted"]

Money = Annotated[
    Decimal,
    Field(ge=0, max_digits=10, decimal_places=2),
    # Decimal(10, 2) survives the way through a JSON number unchanged.
    PlainSerializer(float, return_type=float, when_used="json"),
]


def _text(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _plain_numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain_numbers(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_plain_numbers(part) for part in value]
    return float(value) if isinstance(value, Decimal) else value


Text = Annotated[str, BeforeValidator(_text), Field(max_length=200)]

READ_ONLY: Final = frozenset(
    {"id", "owner_id", "created_at", "updated_at", "version", "qualification", "pipelines"}
)
"""What a client may send back unchanged, as it got it, and what is then not looked at."""


class LeadFields(BaseModel):
    """What a client may say about a lead; a field that is not named is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _leave_out_read_only(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        return {name: value for name, value in given.items() if name not in READ_ONLY}

    company: Text | None = None
    email: Text | None = None
    phone: Text | None = None
    value: Money | None = Field(None, description="Deal value in dollars, up to 99,999,999.99.")
    notes: Annotated[str, Field(max_length=10_000)] | None = None
    source: Text | None = None
    project_budget: Text | None = Field(None, description="A band such as 50k-100k or 100k+.")
    services: Annotated[list[Text], Field(max_length=20)] | None = None
    company_size: Text | None = None
    card_order: Annotated[int, Field(ge=1)] | None = Field(
        None, description="The wished position within the column, from 1."
    )


class NewLead(LeadFields):
    """The body that creates a lead; only the name is required."""

    name: Annotated[Text, Field(min_length=1)]
    status: LeadStatus = "Interest"


class LeadUpdate(LeadFields):
    """The body that changes a lead; what it does not name stays as it is."""

    name: Annotated[Text, Field(min_length=1)] = ""
    status: LeadStatus = "Interest"


class StatusUpdate(BaseModel):
    """The body that moves a card."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    status: LeadStatus
    card_order: Annotated[int, Field(ge=1)] | None = None


class Lead(BaseModel):
    """A lead as it is stored and shown."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    name: str
    company: str | None = None
    email: str | None = None
    phone: str | None = None
    value: Money | None = None
    notes: str | None = None
    status: LeadStatus
    qualification: Qualification = "new"
    source: str | None = None
    project_budget: str | None = None
    services: list[str] | None = None
    company_size: str | None = None
    owner_id: str | None = Field(
        None, description="The member who added it; without one whoever may change leads may."
    )
    card_order: int = Field(0, description="Position within the column, from 1; counted on read.")
    created_at: AwareDatetime
    updated_at: AwareDatetime
    version: int = 0
    pipelines: Annotated[dict[str, Any], BeforeValidator(_plain_numbers)] = Field(
        default_factory=dict, description="The last result of each pipeline that handled the lead."
    )
    rank: str = Field("", exclude=True)

    def snapshot(self) -> dict[str, Any]:
        """The lead as its events carry it."""
        return self.model_dump(
            include={
                "name", "company", "email", "phone", "value", "notes", "status", "source",
                "project_budget", "services", "company_size",
            },
            exclude_none=True,
        )  # fmt: skip


def touched(lead: Lead, at: datetime, **changes: Any) -> Lead:
    """The lead with fields changed and the time of its change noted."""
    return lead.model_copy(update={**changes, "updated_at": at})
