"""A new lead."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.graph import BlockingNode, Data, NodeContext
from shared.nodes.crm.lead_fields import LeadFieldsConfig, LeadStatus
from shared.nodes.example import Example
from shared.nodes.ports import LEADS, Leads


class CreateLeadConfig(LeadFieldsConfig):
    """What it is."""

    name: str = Field(min_length=1, max_length=200)
    status: LeadStatus = "Interest"


class CreateLeadNode(BlockingNode[CreateLeadConfig]):
    """Adds it once, however often the node is tried."""

    type = "create-lead"
    Config = CreateLeadConfig
    output_key = "lead"
    label = "Create lead"
    description = "Adds a lead at the end of its column"
    needs = frozenset({LEADS})
    result = {"lead": "The lead as the CRM shows it; value in dollars"}
    example = Example(
        {"name": "{{ data.name }}", "value": "{{ data.budget }}"},
        {"name": "Grace", "budget": 500},
        {"lead": {"id": "new", "name": "Grace", "status": "Interest", "value": 500}},
    )

    async def execute(
        self, config: CreateLeadConfig, data: Data, context: NodeContext
    ) -> dict[str, Any]:
        """Adds."""
        port: Leads = context.ports[LEADS]
        fields = {**config.fields(), "name": config.name, "status": config.status}
        return dict(await port.create(fields, context.idempotency_key()))
