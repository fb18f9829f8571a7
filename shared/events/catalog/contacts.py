"""What happens to contacts (seed 004)."""

from __future__ import annotations

from typing import Final

from shared.events.catalog.registry import EventData, PersonalOptionalText, PersonalText, event_type

_ID: Final = "01935f3e-7c1a-7b4e-9d2f-3a5b6c7d8e9f"
_TOPICS: Final = ("contacts",)


@event_type(
    "contact.created",
    topics=_TOPICS,
    sample={"contact_id": _ID, "name": "Jane Doe", "email": "jane@example.com"},
)
class ContactCreated(EventData):
    """A contact was added."""

    contact_id: str
    name: PersonalText
    email: PersonalOptionalText = None


@event_type(
    "contact.updated", topics=_TOPICS, sample={"contact_id": _ID, "changed_fields": ["phone"]}
)
class ContactUpdated(EventData):
    """Fields of a contact were changed."""

    contact_id: str
    changed_fields: list[str]


@event_type(
    "contact.bounced",
    topics=_TOPICS,
    ours_alone=True,
    sample={"contact_id": _ID, "email": "jane@example.com"},
)
class ContactBounced(EventData):
    """Mail to a contact came back for good; no more is sent there."""

    contact_id: str
    email: PersonalText


@event_type("contact.deleted", topics=_TOPICS, sample={"contact_id": _ID, "name": "Jane Doe"})
class ContactDeleted(EventData):
    """A contact was removed."""

    contact_id: str
    name: PersonalText
