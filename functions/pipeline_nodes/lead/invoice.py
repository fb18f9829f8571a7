"""A draft of a proposal."""

from __future__ import annotations

import zlib
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel

from functions.pipeline_nodes.lead.facts import JudgedLead
from shared.pipelines.node import Context, node


class Draft(BaseModel):
    """A proposal that nobody has sent."""

    proposal_id: str
    amount: Decimal
    services: list[str]
    valid_until: date
    status: Literal["draft"] = "draft"


class Invoiced(BaseModel):
    """What this branch adds."""

    invoice: Draft
    status: Literal["invoice_ready"] = "invoice_ready"


@node
def invoice(lead: JudgedLead, context: Context) -> Invoiced:
    """Adds `invoice`, valid for 30 days; without services the draft names consulting."""
    services = [lead.services] if isinstance(lead.services, str) else lead.services
    draft = Draft(
        # The same event drafts the same proposal, however often it is tried.
        proposal_id=f"PROP-{zlib.crc32(context.execution_id.encode()) % 100_000:05d}",
        amount=lead.analysis.expected_value or Decimal(0),
        services=services or ["Consulting"],
        valid_until=(datetime.fromisoformat(context.time) + timedelta(days=30)).date(),
    )
    return Invoiced(invoice=draft)


handler = invoice.handler
