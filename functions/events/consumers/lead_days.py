"""Each day's leads of a tenant: how many came, entered which column, and went."""

from __future__ import annotations

from shared.consumers.consumer import consumer
from shared.consumers.context import Context
from shared.crm.days import entered, gone
from shared.events.envelope import Event
from shared.platform.tables import Write


@consumer(
    topics=("leads",),
    types=("lead.created", "lead.status_changed", "lead.deleted"),
    ordered=True,
    thin=True,
    needs={"projections": ("get", "put", "add", "delete")},
)
def lead_days(event: Event, context: Context) -> list[Write]:
    """Counts leads by day and column, and how many stand in each column now."""
    table = context.table("projections")
    if event.event_type == "lead.deleted":
        return gone(context.tables, table, context.tenant, event)
    return entered(context.tables, table, context.tenant, event)


handler = lead_days.handler
