"""What happens to contacts (seed 004)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from pydantic import Field

from shared.events.catalog.registry import EventData, PersonalOptionalText, PersonalText, event_type
from shared.events.catalog.versions import EarlierData, earlier

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
    version=2,
    ours_alone=True,
    sample={"email": "jane@example.com", "reason": "bounced", "contact_id": _ID},
)
class ContactBounced(EventData):
    """An address takes no more mail: it came back, or its owner complained."""

    email: PersonalText
    reason: Literal["bounced", "complained", "bounced too often"]
    detail: PersonalOptionalText = Field(None, description="What the other mail server said.")
    contact_id: str | None = Field(None, description="Whose address it is, if that is known.")


@earlier("contact.bounced", version=1, sample={"contact_id": _ID, "email": "jane@example.com"})
class ContactBounced1(EarlierData):
    """Mail to a contact came back for good; no more is sent there."""

    contact_id: str
    email: PersonalText

    def later(self) -> Mapping[str, Any]:
        """See `EarlierData.later`."""
        return {"contact_id": self.contact_id, "email": self.email, "reason": "bounced"}


@event_type("contact.deleted", topics=_TOPICS, sample={"contact_id": _ID, "name": "Jane Doe"})
class ContactDeleted(EventData):
    """A contact was removed."""

    contact_id: str
    name: PersonalText
