"""Chooses what happens to a judged lead."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from functions.pipeline_nodes.lead.facts import JudgedLead
from shared.pipelines.node import Context, router

INVOICE_ABOVE: Final = Decimal(50_000)


@router
def decide(lead: JudgedLead, context: Context) -> str:
    """High priority is escalated; else much value gets a draft; else an answer.

    A value that is unknown counts as little.
    """
    if lead.analysis.priority == "high":
        return "escalation"
    if (lead.analysis.expected_value or Decimal(0)) > INVOICE_ABOVE:
        return "invoice"
    return "response"


handler = decide.handler
