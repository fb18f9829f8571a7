"""Judges a lead by rules that can be read, each saying what it does when a field is missing.

Priority: a high budget AND a strategic service is high, one of them medium, none low. The rule's
source is the lead pipeline of seed 000 (its numbers were random; these follow from the lead).
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from functions.pipeline_nodes.lead.budget import HIGH_BUDGET, least_amount
from functions.pipeline_nodes.lead.facts import (
    Analysis,
    Analyzed,
    LeadFacts,
    Priority,
    Sentiment,
)
from shared.pipelines.node import Context, node

_STRATEGIC: Final = re.compile(r"\b(enterprise|ai|machine learning|automation)\b", re.IGNORECASE)
_GLAD: Final = re.compile(
    r"\b(interested|excited|great|urgent|love|keen|ready|asap|recommended)\b", re.IGNORECASE
)
_WARY: Final = re.compile(
    r"\b(not interested|unhappy|complain\w*|cancel\w*|problem|expensive|angry|no budget)\b",
    re.IGNORECASE,
)
_CLOSE_DAYS: Final[dict[Priority, int]] = {"high": 14, "medium": 30, "low": 60}


@node
def analyze(lead: LeadFacts, context: Context) -> Analyzed:
    """Adds `analysis`."""
    reasons: list[str] = []
    rich = _high_budget(lead, reasons)
    strategic = _strategic_service(lead, reasons)
    priority: Priority = "high" if rich and strategic else "medium" if rich or strategic else "low"
    return Analyzed(
        analysis=Analysis(
            sentiment=_sentiment(lead, reasons),
            priority=priority,
            expected_value=_expected_value(lead, reasons),
            response_needed=_response_needed(lead, reasons),
            estimated_close_days=_CLOSE_DAYS[priority],
            reasons=reasons,
        )
    )


def _high_budget(lead: LeadFacts, reasons: list[str]) -> bool:
    """Without a budget the deal's value stands for it; without both the budget is not high."""
    known = least_amount(lead.project_budget)
    amount, which = (known, "budget") if known is not None else (lead.value, "value")
    if amount is None:
        reasons.append("budget: neither a budget nor a value is known, so not high")
        return False
    high = amount >= HIGH_BUDGET
    reasons.append(f"budget: the {which} is {'' if high else 'not '}at least {HIGH_BUDGET:,}")
    return high


def _strategic_service(lead: LeadFacts, reasons: list[str]) -> bool:
    """Without services the notes are searched; without both no service is strategic."""
    services = lead.services
    listed = ", ".join(services) if isinstance(services, list) else services
    text, which = (listed, "services") if listed else (lead.notes, "notes")
    if not text:
        reasons.append("service: neither services nor notes are known, so not strategic")
        return False
    found = _STRATEGIC.search(text)
    reasons.append(
        f"service: {found[1].lower()} in the {which}" if found else f"service: none in the {which}"
    )
    return found is not None


def _sentiment(lead: LeadFacts, reasons: list[str]) -> Sentiment:
    """Words in the notes; without notes neutral. A wary word outweighs a glad one."""
    for words, sentiment in ((_WARY, "negative"), (_GLAD, "positive")):
        if found := words.search(lead.notes or ""):
            reasons.append(f"sentiment: {found[1].lower()!r} in the notes")
            return "negative" if sentiment == "negative" else "positive"
    reasons.append("sentiment: no telling words in the notes, so neutral")
    return "neutral"


def _expected_value(lead: LeadFacts, reasons: list[str]) -> Decimal | None:
    """The deal's value; without one the least amount of the budget; without both unknown."""
    if lead.value is not None:
        return lead.value
    known = least_amount(lead.project_budget)
    source = "the budget's lower end" if known is not None else "unknown"
    reasons.append(f"expected value: no value given, so {source}")
    return known


def _response_needed(lead: LeadFacts, reasons: list[str]) -> bool:
    """Only somebody with an e-mail address can be answered."""
    if lead.email:
        return True
    reasons.append("response: there is no e-mail address to answer to")
    return False


handler = analyze.handler
