"""Moves a lead to another column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field

from shared.agents.tool import ToolArguments
from shared.assistant.desk import Desk
from shared.assistant.pending import WaitingLead
from shared.assistant.told import Told
from shared.assistant.tool import Planned, WriteTool, card
from shared.assistant.untrusted import named, plain
from shared.crm.lead import LeadStatus, StatusUpdate
from shared.identity.rights import Right


class LeadMove(ToolArguments):
    """Which lead, and where to."""

    lead_id: str = Field(min_length=1, max_length=100)
    new_status: LeadStatus


class UpdateLeadStatus(WriteTool[LeadMove]):
    """Puts it at the end of the column."""

    name = "update_lead_status"
    description = "Moves one lead to another column of the board."
    Arguments = LeadMove
    level = 2
    right = Right.LEADS_CHANGE
    failed = "Failed to update lead status"
    example = {"lead_id": "01935f3e-7c1a-7b4e-9d2f-3a5b6c7d8e9f", "new_status": "Closed win"}

    async def plan(self, arguments: LeadMove, desk: Desk) -> Planned:
        """Reads the lead."""
        lead = await desk.lead(arguments.lead_id)
        desk.turn.principal.require_on(self.right, lead.owner_id)
        name = plain(lead.name)
        asked = f"Move '{named(lead.name)}' to {arguments.new_status}?"
        return Planned((WaitingLead(lead.id, name, lead.version),), asked, arguments.model_dump())

    async def perform(
        self, arguments: Mapping[str, Any], leads: Sequence[WaitingLead], desk: Desk, key: str
    ) -> Told:
        """Moves."""
        [lead] = leads
        to = StatusUpdate(status=arguments["new_status"])
        moved = await desk.once(
            key, ["move", arguments], lambda by: desk.leads.move(by, lead.id, to), lead.version
        )
        told = f"Lead status updated to '{to.status}'"
        return Told(success=True, message=told, data=card(moved))
