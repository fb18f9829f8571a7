"""A lead's column."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.graph import BlockingNode, Data, NodeContext
from shared.nodes.config import NodeConfig
from shared.nodes.crm.lead_fields import LeadStatus
from shared.nodes.example import Example
from shared.nodes.ports import LEADS, Leads


class MoveLeadConfig(NodeConfig):
    """Which lead, and where to."""

    lead_id: str = Field(min_length=1, max_length=100)
    status: LeadStatus
    card_order: int | None = Field(None, ge=1, description="From 1; nothing is the end")


class MoveLeadNode(BlockingNode[MoveLeadConfig]):
    """Moves the card; a lead that is there already stays where it is."""

    type = "move-lead"
    Config = MoveLeadConfig
    output_key = "lead"
    label = "Move lead"
    description = "Puts a lead into a column of the board"
    needs = frozenset({LEADS})
    result = {"lead": "The lead as the CRM shows it; value in dollars"}
    example = Example(
        {"lead_id": "l1", "status": "Closed win"},
        {},
        {"lead": {"id": "l1", "name": "Ada", "email": "ada@example.com", "status": "Closed win"}},
    )

    async def execute(
        self, config: MoveLeadConfig, data: Data, context: NodeContext
    ) -> dict[str, Any]:
        """Moves."""
        port: Leads = context.ports[LEADS]
        key = context.idempotency_key()
        return dict(await port.move(config.lead_id, config.status, config.card_order, key))
