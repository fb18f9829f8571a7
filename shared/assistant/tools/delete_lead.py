"""Removes a lead, after the user agreed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shared.assistant.desk import Desk
from shared.assistant.pending import WaitingLead
from shared.assistant.told import Told
from shared.assistant.tool import Planned, WriteTool
from shared.assistant.tools.get_lead import LeadNamed
from shared.assistant.untrusted import named, plain
from shared.identity.rights import Right


class DeleteLead(WriteTool[LeadNamed]):
    """Only ever stores what is asked about."""

    name = "delete_lead"
    description = (
        "Removes one lead. It is only done after the user confirmed it in a later message."
    )
    Arguments = LeadNamed
    level = 3
    right = Right.LEADS_DELETE
    always_asks = True
    example = {"lead_id": "01935f3e-7c1a-7b4e-9d2f-3a5b6c7d8e9f"}

    async def plan(self, arguments: LeadNamed, desk: Desk) -> Planned:
        """Reads the lead."""
        lead = await desk.lead(arguments.lead_id)
        desk.turn.principal.require_on(self.right, lead.owner_id)
        name = plain(lead.name)
        of = f" of {named(lead.company)}" if lead.company else ""
        waiting = (WaitingLead(lead.id, name, lead.version),)
        return Planned(
            waiting, f"Delete the lead '{named(lead.name)}'{of}?", arguments.model_dump()
        )

    async def perform(
        self, arguments: Mapping[str, Any], leads: Sequence[WaitingLead], desk: Desk, key: str
    ) -> Told:
        """Removes."""
        [lead] = leads
        await desk.once(
            key, ["delete", lead.id], lambda by: desk.leads.delete(by, lead.id), lead.version
        )
        return Told(success=True, message=f"Lead '{lead.name}' deleted successfully")
