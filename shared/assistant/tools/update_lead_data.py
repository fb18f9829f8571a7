"""Changes one field of a lead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import Field

from shared.agents.tool import ToolArguments
from shared.assistant.desk import Desk
from shared.assistant.fields import checked
from shared.assistant.pending import WaitingLead
from shared.assistant.refused import RefusedError
from shared.assistant.told import Told
from shared.assistant.tool import Planned, WriteTool, card
from shared.assistant.untrusted import named, plain
from shared.crm.lead import LeadUpdate
from shared.identity.rights import Right

LeadField = Literal["name", "company", "email", "phone", "value", "notes", "source"]


class FieldChange(ToolArguments):
    """Which lead, which field, and what it is from now on."""

    lead_id: str = Field(min_length=1, max_length=100)
    field: LeadField
    value: str = Field(max_length=10_000, description="Empty clears it")


class UpdateLeadData(WriteTool[FieldChange]):
    """Writes it."""

    name = "update_lead_data"
    description = "Changes one field of a lead."
    Arguments = FieldChange
    level = 2
    right = Right.LEADS_CHANGE
    example = {
        "lead_id": "01935f3e-7c1a-7b4e-9d2f-3a5b6c7d8e9f", "field": "value", "value": "2,500",
    }  # fmt: skip

    async def plan(self, arguments: FieldChange, desk: Desk) -> Planned:
        """Reads the lead and checks the value."""
        given = arguments.value.strip() or None
        try:
            lead = await desk.lead(arguments.lead_id)
            checked(LeadUpdate, {arguments.field: given})
        except RefusedError as error:
            if error.error_type == "invalid_value":
                raise
            told = f"Failed to update lead {arguments.field}: {error}"
            raise RefusedError(told, error.error_type) from None
        desk.turn.principal.require_on(self.right, lead.owner_id)
        name = plain(lead.name)
        asked = f"Change {arguments.field} of '{named(lead.name)}' to '{plain(given or '', 200)}'?"
        return Planned((WaitingLead(lead.id, name, lead.version),), asked, arguments.model_dump())

    async def perform(
        self, arguments: Mapping[str, Any], leads: Sequence[WaitingLead], desk: Desk, key: str
    ) -> Told:
        """Writes."""
        [lead] = leads
        field, value = arguments["field"], arguments["value"]
        changes = LeadUpdate.model_validate(checked(LeadUpdate, {field: value.strip() or None}))
        changed = await desk.once(
            key,
            ["update", arguments],
            lambda by: desk.leads.update(by, lead.id, changes),
            lead.version,
        )
        told = f"Lead {field} updated to '{plain(value, 200)}'"
        return Told(success=True, message=told, data=card(changed))
