"""Shows one lead with its notes."""

from __future__ import annotations

from pydantic import Field

from shared.agents.tool import ToolArguments
from shared.assistant.desk import Desk
from shared.assistant.told import Told
from shared.assistant.tool import ReadTool, card
from shared.platform.clock import iso


class LeadNamed(ToolArguments):
    """Which lead."""

    lead_id: str = Field(min_length=1, max_length=100)


class GetLead(ReadTool[LeadNamed]):
    """Reads one."""

    name = "get_lead"
    description = "Shows one lead with its notes."
    Arguments = LeadNamed
    free_text = frozenset({"notes"})
    example = {"lead_id": "01935f3e-7c1a-7b4e-9d2f-3a5b6c7d8e9f"}

    async def read(self, arguments: LeadNamed, desk: Desk) -> Told:
        """Reads."""
        lead = await desk.lead(arguments.lead_id)
        shown = card(
            lead,
            notes=(lead.notes or "")[:2_000] or None,
            position=lead.card_order,
            created_at=iso(lead.created_at),
            updated_at=iso(lead.updated_at),
        )
        return Told(success=True, message="Lead found", data=shown)
