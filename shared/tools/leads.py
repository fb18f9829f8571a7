"""Leads of the CRM, with the rights of whom the run acts for."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from shared.agents.tool import BaseTool, ToolArguments, ToolContext, ToolFailedError
from shared.nodes.crm.lead_fields import LeadStatus
from shared.nodes.ports import LEADS, Leads


class LeadShown(BaseModel):
    """The lead as the CRM shows it; value in dollars."""

    lead: dict[str, Any]


class LeadsShown(BaseModel):
    """Leads as the CRM shows them."""

    leads: list[dict[str, Any]]


class LeadQuery(ToolArguments):
    """What the leads have; upper and lower case are the same."""

    name: str | None = Field(None, description="The whole name")
    email: str | None = None
    company: str | None = None
    status: LeadStatus | None = None
    limit: int = Field(20, ge=1, le=100)


class FindLeads(BaseTool[LeadQuery]):
    """Looks through the board."""

    name = "find_leads"
    description = "Finds leads by name, e-mail, company or column; without any, the first ones."
    Arguments = LeadQuery
    Result = LeadsShown
    needs = frozenset({LEADS})
    example = {"company": "Analytical Engines"}

    async def execute(self, arguments: LeadQuery, context: ToolContext) -> LeadsShown:
        """Looks."""
        port: Leads = context.ports[LEADS]
        wanted = arguments.model_dump(exclude={"limit"}, exclude_none=True)
        found = await port.find(wanted, arguments.limit)
        return LeadsShown(leads=[dict(lead) for lead in found])


class LeadNamed(ToolArguments):
    """Which lead."""

    lead_id: str = Field(min_length=1, max_length=100)


class GetLead(BaseTool[LeadNamed]):
    """Reads one."""

    name = "get_lead"
    description = "Gives one lead by its id."
    Arguments = LeadNamed
    Result = LeadShown
    needs = frozenset({LEADS})
    example = {"lead_id": "01935f3e-7c1a-7b4e-9d2f-3a5b6c7d8e9f"}

    async def execute(self, arguments: LeadNamed, context: ToolContext) -> LeadShown:
        """Reads."""
        port: Leads = context.ports[LEADS]
        found = await port.get(arguments.lead_id)
        if found is None:
            raise ToolFailedError("LeadNotFound", f"no lead {arguments.lead_id}; find it first")
        return LeadShown(lead=dict(found))


class LeadFields(ToolArguments):
    """Fields that are null are not touched."""

    company: str | None = None
    email: str | None = None
    phone: str | None = None
    value: float | None = Field(None, ge=0, le=99_999_999.99, description="In dollars")
    notes: str | None = None
    source: str | None = None

    def fields(self, *others: str) -> dict[str, Any]:
        """Those that are given, except `others`."""
        return self.model_dump(mode="json", exclude_none=True, exclude=set(others))


class NewLead(LeadFields):
    """The new lead."""

    name: str = Field(min_length=1, max_length=200)


class CreateLead(BaseTool[NewLead]):
    """Creates one, once per call."""

    name = "create_lead"
    description = "Creates a lead."
    Arguments = NewLead
    Result = LeadShown
    needs = frozenset({LEADS})
    effects = True
    example = {"name": "Ada Lovelace", "email": "ada@example.com"}

    async def execute(self, arguments: NewLead, context: ToolContext) -> LeadShown:
        """Creates."""
        port: Leads = context.ports[LEADS]
        return LeadShown(lead=dict(await port.create(arguments.fields(), context.idempotency_key)))


class LeadChange(LeadFields):
    """Which lead, and what changes."""

    lead_id: str = Field(min_length=1, max_length=100)
    name: str | None = Field(None, min_length=1, max_length=200)


class UpdateLead(BaseTool[LeadChange]):
    """Changes what is given."""

    name = "update_lead"
    description = "Changes fields of a lead."
    Arguments = LeadChange
    Result = LeadShown
    needs = frozenset({LEADS})
    effects = True
    example = {"lead_id": "01935f3e-7c1a-7b4e-9d2f-3a5b6c7d8e9f", "value": 900}

    async def execute(self, arguments: LeadChange, context: ToolContext) -> LeadShown:
        """Changes."""
        port: Leads = context.ports[LEADS]
        fields = arguments.fields("lead_id")
        if not fields:
            raise ToolFailedError("NothingChanges", "name at least one field that changes")
        lead = await port.update(arguments.lead_id, fields, context.idempotency_key)
        return LeadShown(lead=dict(lead))


class LeadMove(ToolArguments):
    """Which lead, and where to."""

    lead_id: str = Field(min_length=1, max_length=100)
    status: LeadStatus
    position: int | None = Field(None, ge=0, description="From the top; null is the end")


class MoveLead(BaseTool[LeadMove]):
    """Moves one to a column."""

    name = "move_lead"
    description = "Moves a lead to another column of the board."
    Arguments = LeadMove
    Result = LeadShown
    needs = frozenset({LEADS})
    effects = True
    example = {"lead_id": "01935f3e-7c1a-7b4e-9d2f-3a5b6c7d8e9f", "status": "Meeting booked"}

    async def execute(self, arguments: LeadMove, context: ToolContext) -> LeadShown:
        """Moves."""
        port: Leads = context.ports[LEADS]
        key = context.idempotency_key
        lead = await port.move(arguments.lead_id, arguments.status, arguments.position, key)
        return LeadShown(lead=dict(lead))
