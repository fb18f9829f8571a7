"""A task for the sales team."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Literal

from pydantic import BaseModel

from functions.pipeline_nodes.lead.facts import JudgedLead, Priority
from shared.pipelines.node import Context, node


class Task(BaseModel):
    """What somebody has to do, and by when."""

    assigned_to: str
    priority: Priority
    due_date: date
    notes: str


class Escalated(BaseModel):
    """What this branch adds."""

    escalation: Task
    status: Literal["escalated"] = "escalated"


@node
def escalate(lead: JudgedLead, context: Context) -> Escalated:
    """Adds `escalation`, due the day after the event."""
    who = f"{lead.name} ({lead.company})" if lead.company else lead.name
    task = Task(
        assigned_to="sales_team",
        priority=lead.analysis.priority,
        due_date=(datetime.fromisoformat(context.time) + timedelta(days=1)).date(),
        notes=f"Call {who}: {'; '.join(lead.analysis.reasons)}",
    )
    return Escalated(escalation=task)


handler = escalate.handler
