"""What nodes may say about a lead; the CRM checks it again."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from shared.nodes.config import NodeConfig

LeadStatus = Literal["Interest", "Meeting booked", "Proposal sent", "Closed win", "Closed lost"]


class LeadFieldsConfig(NodeConfig):
    """Fields that are left out are not touched."""

    company: str | None = None
    email: str | None = None
    phone: str | None = None
    value: float | None = Field(None, ge=0, le=99_999_999.99, description="In dollars")
    notes: str | None = None
    source: str | None = None
    project_budget: str | None = Field(None, description="A band such as 50k-100k")
    services: tuple[str, ...] | None = None
    company_size: str | None = None

    def fields(self, *others: str) -> dict[str, Any]:
        """Those that are written, except `others`."""
        return self.model_dump(mode="json", exclude_unset=True, exclude=set(others))
