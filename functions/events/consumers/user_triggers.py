"""Users' own triggers: finds the workflows that an event starts, and has each of them started."""

from __future__ import annotations

import json

from shared.consumers.consumer import consumer
from shared.consumers.context import Context
from shared.events.envelope import Event
from shared.events.triggers import matching


@consumer(
    outside=True,
    repeatable=True,
    needs={"workflows": ("query",)},
    sends=("triggered_runs",),
)
def user_triggers(event: Event, context: Context) -> None:
    """Starts the workflows that tenants have published for an event."""
    found = matching(context.tables, context.table("workflows"), context.tenant, event)
    sent = (context.on_bus or event).wire()  # whoever starts the run opens it
    for one in found:
        body = {"tenant": context.tenant, "workflow": one.workflow_id, "event": sent}
        context.send("triggered_runs", json.dumps(body, ensure_ascii=False))


handler = user_triggers.handler
