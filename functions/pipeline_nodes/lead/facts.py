"""What the lead's nodes read and the judgement they pass on; all but the name may be missing."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict

Priority = Literal["high", "medium", "low"]
Sentiment = Literal["positive", "neutral", "negative"]


class LeadFacts(BaseModel):
    """What is known of a lead when it is judged."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    name: str
    company: str | None = None
    email: str | None = None
    value: Decimal | None = None
    notes: str | None = None
    project_budget: str | None = None
    services: list[str] | str | None = None
    company_size: str | None = None


class Analysis(BaseModel):
    """The judgement: what follows from which rule stands in `reasons`."""

    model_config = ConfigDict(frozen=True)

    sentiment: Sentiment
    priority: Priority
    expected_value: Decimal | None
    """In dollars; None when neither a value nor a budget is known."""
    response_needed: bool
    estimated_close_days: int
    reasons: list[str]


class Analyzed(BaseModel):
    """What the first node adds."""

    analysis: Analysis


class JudgedLead(LeadFacts):
    """A lead with its judgement, for the nodes after the first."""

    analysis: Analysis
