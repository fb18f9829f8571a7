"""What happens to leads."""

from __future__ import annotations

from decimal import Decimal

from pydantic import Field

from shared.events.catalog.registry import (
    EventData,
    OpenEventData,
    PersonalOptionalText,
    PersonalText,
    event_type,
)

_ID = "01935f3e-7c1a-7b4e-9d2f-3a5b6c7d8e9f"
_SNAPSHOT = {
    "name": "Jane Doe",
    "company": "Example Corp",
    "email": "jane@example.com",
    "phone": "+1-555-0199",
    "value": "75000.00",
    "status": "Interest",
    "source": "Website",
    "project_budget": "100k+",
    "services": ["AI automation"],
}


class LeadSnapshot(EventData):
    """A lead as it stands after a change; what is not known is absent."""

    name: PersonalText
    company: PersonalOptionalText = None
    email: PersonalOptionalText = None
    phone: PersonalOptionalText = None
    value: Decimal | None = Field(None, description="Deal value in dollars.")
    notes: PersonalOptionalText = None
    status: str | None = Field(None, description="The board's column.")
    source: str | None = None
    project_budget: str | None = Field(None, description="A band such as 50k-100k or 100k+.")
    services: list[str] | None = None
    company_size: str | None = None


@event_type(
    "lead.created",
    topics=("leads",),
    aliases=("business_lead_created",),
    sample={"lead_id": _ID} | _SNAPSHOT,
)
class LeadCreated(LeadSnapshot):
    """A lead was added."""

    lead_id: str


@event_type(
    "lead.updated",
    topics=("leads",),
    aliases=("business_lead_updated",),
    sample={"lead_id": _ID, "changed_fields": ["value"]} | _SNAPSHOT,
)
class LeadUpdated(LeadSnapshot):
    """Fields of a lead were changed; the data shows it afterwards."""

    lead_id: str
    changed_fields: list[str]


@event_type(
    "lead.status_changed",
    topics=("leads", "board"),
    sample={"lead_id": _ID, "old_status": "Interest", "new_status": "Meeting booked"},
)
class LeadStatusChanged(EventData):
    """A card was moved: to another column, or within its own."""

    lead_id: str
    old_status: str
    new_status: str


@event_type("lead.deleted", topics=("leads",), sample={"lead_id": _ID, "name": "Jane Doe"})
class LeadDeleted(EventData):
    """A lead was removed."""

    lead_id: str
    name: PersonalText


@event_type("lead.qualified", topics=("leads",), sample={"lead_id": _ID, "score": 85})
class LeadQualified(EventData):
    """A lead was found worth pursuing."""

    lead_id: str
    score: int


@event_type(
    "lead.converted",
    topics=("leads", "conversions"),
    sample={"lead_id": _ID, "account_id": _ID, "contact_id": _ID},
)
class LeadConverted(EventData):
    """A lead became an account and a contact."""

    lead_id: str
    account_id: str
    contact_id: str


@event_type("lead.rejected", topics=("leads",), sample={"lead_id": _ID, "reason": "No budget"})
class LeadRejected(EventData):
    """A lead was found not worth pursuing."""

    lead_id: str
    reason: PersonalText


@event_type("process_lead", topics=("leads",), sample=_SNAPSHOT, published_by="leads:add")
class ProcessLead(OpenEventData):
    """An outside source asks for a lead to be judged; it need not be one of ours."""

    name: PersonalText = Field(min_length=1, max_length=200)


@event_type(
    "lead.mail_received",
    topics=("leads",),
    ours_alone=True,
    sample={
        "lead_id": _ID, "sender": "jane@example.com", "subject": "Our project",
        "text": "Could we talk on Friday?", "message_id": "<1@mail.example.com>",
    },
)  # fmt: skip
class LeadMailReceived(EventData):
    """A lead wrote another e-mail."""

    lead_id: str
    sender: PersonalText
    subject: PersonalText
    text: PersonalText = Field(description="Without what it quotes, cut short.")
    message_id: str


@event_type(
    "lead.mail_returned",
    topics=("leads",),
    ours_alone=True,
    sample={"lead_id": _ID, "email": "jane@example.com", "reason": "bounced"},
)
class LeadMailReturned(EventData):
    """Mail about a lead came back or was complained about; its address takes no more."""

    lead_id: str
    email: PersonalText
    reason: str
