"""Leads that are there."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from shared.graph import BlockingNode, Data, NodeContext, NodeFailedError
from shared.nodes.config import NodeConfig
from shared.nodes.crm.lead_fields import LeadStatus
from shared.nodes.example import Example
from shared.nodes.ports import LEADS, Leads


class FindLeadsConfig(NodeConfig):
    """An id, or else what they have."""

    lead_id: str = Field("", max_length=100)
    name: str = Field("", description="The whole name; upper and lower case are the same")
    email: str = ""
    company: str = ""
    status: LeadStatus | None = None
    limit: int = Field(20, ge=1, le=200)
    missing: Literal["empty", "fail"] = Field("empty", description="What becomes of finding none")

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.lead_id and self.wanted():
            raise ValueError("write either an id or what the leads have")
        return self

    def wanted(self) -> dict[str, Any]:
        """The values that are looked for."""
        found = self.model_dump(include={"name", "email", "company", "status"})
        return {name: value for name, value in found.items() if value}


class FindLeadsNode(BlockingNode[FindLeadsConfig]):
    """Looks for leads; without any condition it gives the first of the board."""

    type = "find-leads"
    aliases = ("find-lead",)
    Config = FindLeadsConfig
    output_key = "leads"
    label = "Find leads"
    description = "Looks for leads by id, name, e-mail, company or column"
    needs = frozenset({LEADS})
    result = {"items": "The leads as the CRM shows them; value in dollars", "count": "How many"}
    example = Example(
        {"email": "ADA@example.com"},
        {},
        {
            "leads": {
                "items": [
                    {"id": "l1", "name": "Ada", "email": "ada@example.com", "status": "Interest"}
                ],
                "count": 1,
            }
        },
    )

    async def execute(
        self, config: FindLeadsConfig, data: Data, context: NodeContext
    ) -> dict[str, Any]:
        """Reads one, or looks through the board."""
        port: Leads = context.ports[LEADS]
        if config.lead_id:
            one = await port.get(config.lead_id)
            found = [] if one is None else [one]
        else:
            found = list(await port.find(config.wanted(), config.limit))
        if not found and config.missing == "fail":
            raise NodeFailedError(
                "LeadNotFound", f"no lead has {config.wanted() or config.lead_id}"
            )
        return {"items": [dict(lead) for lead in found], "count": len(found)}
