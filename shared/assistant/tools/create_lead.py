"""Adds a lead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field

from shared.agents.tool import ToolArguments
from shared.assistant.desk import Desk
from shared.assistant.fields import checked
from shared.assistant.pending import WaitingLead
from shared.assistant.told import Told
from shared.assistant.tool import Planned, WriteTool, card
from shared.assistant.untrusted import named, plain
from shared.crm.lead import LeadStatus, NewLead
from shared.identity.rights import Right


class LeadToAdd(ToolArguments):
    """The new lead; only its name is needed."""

    name: str = Field(min_length=1, max_length=200)
    company: str | None = Field(None, max_length=200)
    email: str | None = Field(None, max_length=200)
    phone: str | None = Field(None, max_length=200)
    value: float | str | None = Field(None, description="In dollars, e.g. 2500 or 50k")
    notes: str | None = Field(None, max_length=10_000)
    source: str | None = Field(None, max_length=40, description="Website, Referral, Social Media, "
                               "Cold Call, Email Campaign, Trade Show or Other")  # fmt: skip
    status: LeadStatus | None = None


class CreateLead(WriteTool[LeadToAdd]):
    """Adds it at the end of its column."""

    name = "create_lead"
    description = "Adds a lead; leave null what the user did not say."
    Arguments = LeadToAdd
    level = 1
    right = Right.LEADS_ADD
    failed = "Failed to create lead"
    example = {"name": "Ada Lovelace", "company": "Analytical Engines", "value": "50k"}

    async def plan(self, arguments: LeadToAdd, desk: Desk) -> Planned:
        """Checks the fields."""
        fields = checked(NewLead, arguments.model_dump(exclude_none=True))
        others = [
            f"{name} '{plain(str(value))}'" for name, value in fields.items() if name != "name"
        ]
        of = f" with {', '.join(others)}" if others else ""
        return Planned((), f"Create the lead '{named(arguments.name)}'{of}?", fields)

    async def perform(
        self, arguments: Mapping[str, Any], leads: Sequence[WaitingLead], desk: Desk, key: str
    ) -> Told:
        """Adds."""
        new = NewLead.model_validate(arguments)
        made = await desk.once(
            key, ["create", arguments], lambda by: desk.leads.create(by, new), None
        )
        told = f"New lead '{plain(made['name'])}' created successfully"
        return Told(success=True, message=told, data=card(made))
