"""A lead's fields."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, model_validator

from shared.graph import BlockingNode, Data, NodeContext
from shared.nodes.crm.lead_fields import LeadFieldsConfig
from shared.nodes.example import Example
from shared.nodes.ports import LEADS, Leads


class UpdateLeadConfig(LeadFieldsConfig):
    """Which lead, and what changes."""

    lead_id: str = Field(min_length=1, max_length=100)
    name: str | None = Field(None, min_length=1, max_length=200)

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.fields("lead_id"):
            raise ValueError("write at least one field that changes")
        return self


class UpdateLeadNode(BlockingNode[UpdateLeadConfig]):
    """Changes what is written and leaves everything else."""

    type = "update-lead"
    Config = UpdateLeadConfig
    output_key = "lead"
    label = "Update lead"
    description = "Changes fields of a lead"
    needs = frozenset({LEADS})
    result = {"lead": "The lead as the CRM shows it; value in dollars"}
    example = Example(
        {"lead_id": "{{ data.id }}", "value": 900},
        {"id": "l1"},
        {"lead": {"id": "l1", "name": "Ada", "email": "ada@example.com", "status": "Interest",
                  "value": 900}},
    )  # fmt: skip

    async def execute(
        self, config: UpdateLeadConfig, data: Data, context: NodeContext
    ) -> dict[str, Any]:
        """Changes."""
        port: Leads = context.ports[LEADS]
        fields = config.fields("lead_id")
        return dict(await port.update(config.lead_id, fields, context.idempotency_key()))
