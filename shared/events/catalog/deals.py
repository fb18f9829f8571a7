"""What happens to deals (seed 004)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from pydantic import Field

from shared.events.catalog.registry import EventData, PersonalText, event_type

_ID: Final = "01935f3e-7c1a-7b4e-9d2f-3a5b6c7d8e9f"
_TOPICS: Final = ("deals",)


@event_type(
    "deal.created", topics=_TOPICS, sample={"deal_id": _ID, "name": "Renewal", "amount": "75000.00"}
)
class DealCreated(EventData):
    """A deal was added."""

    deal_id: str
    name: str
    amount: Decimal = Field(description="In the deal's currency.")
    currency: str | None = Field(None, description="ISO 4217; absent is USD.")


@event_type("deal.updated", topics=_TOPICS, sample={"deal_id": _ID, "changed_fields": ["amount"]})
class DealUpdated(EventData):
    """Fields of a deal were changed."""

    deal_id: str
    changed_fields: list[str]


@event_type(
    "deal.stage_changed",
    topics=("deals", "notifications"),
    sample={"deal_id": _ID, "old_stage": "prospecting", "new_stage": "qualification"},
)
class DealStageChanged(EventData):
    """A deal was moved to another stage of its pipeline."""

    deal_id: str
    old_stage: str
    new_stage: str


@event_type(
    "deal.won",
    topics=("deals", "sales"),
    sample={"deal_id": _ID, "amount": "75000.00", "close_date": "2026-01-15"},
)
class DealWon(EventData):
    """A deal was won."""

    deal_id: str
    amount: Decimal
    close_date: date | None = None


@event_type("deal.lost", topics=_TOPICS, sample={"deal_id": _ID, "reason": "No budget"})
class DealLost(EventData):
    """A deal was lost."""

    deal_id: str
    reason: PersonalText


@event_type("deal.deleted", topics=_TOPICS, sample={"deal_id": _ID, "name": "Renewal"})
class DealDeleted(EventData):
    """A deal was removed."""

    deal_id: str
    name: str
