"""What happens to accounts (seed 004)."""

from __future__ import annotations

from typing import Final

from shared.events.catalog.registry import EventData, PersonalText, event_type

_ID: Final = "01935f3e-7c1a-7b4e-9d2f-3a5b6c7d8e9f"
_OTHER: Final = "01935f3e-7c1a-7b4e-9d2f-3a5b6c7d8ea0"
_TOPICS: Final = ("accounts",)


@event_type("account.created", topics=_TOPICS, sample={"account_id": _ID, "name": "Example Corp"})
class AccountCreated(EventData):
    """An account was added."""

    account_id: str
    name: PersonalText


@event_type(
    "account.updated", topics=_TOPICS, sample={"account_id": _ID, "changed_fields": ["industry"]}
)
class AccountUpdated(EventData):
    """Fields of an account were changed."""

    account_id: str
    changed_fields: list[str]


@event_type("account.merged", topics=_TOPICS, sample={"source_id": _ID, "target_id": _OTHER})
class AccountMerged(EventData):
    """What belonged to the source belongs to the target now; the source is gone."""

    source_id: str
    target_id: str


@event_type("account.deleted", topics=_TOPICS, sample={"account_id": _ID, "name": "Example Corp"})
class AccountDeleted(EventData):
    """An account was removed."""

    account_id: str
    name: PersonalText
