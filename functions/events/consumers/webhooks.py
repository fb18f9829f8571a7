"""Webhooks out: an event becomes a delivery to each endpoint of its tenant that wants it."""

from __future__ import annotations

import os

from shared.consumers.consumer import consumer
from shared.consumers.context import Context
from shared.events.envelope import Event
from shared.platform.queues import SqsQueues
from shared.platform.tables import Write
from shared.webhooks.deliveries import Deliveries
from shared.webhooks.fan_out import fan_out


@consumer(outside=True, needs={"webhooks": ("query", "put")})
def webhooks(event: Event, context: Context) -> list[Write]:
    """Notes what is to be sent to which webhook endpoint."""
    queue = os.environ["WEBHOOK_QUEUE_URL"]
    at = Deliveries(context.tables, context.table("webhooks"), SqsQueues(), queue, context.clock)
    made = fan_out(at, context.tenant, event)
    if made.due:  # what is not asked for here the sweeper finds
        context.after(lambda: at.ask_all(made.due))
    return list(made.writes)


handler = webhooks.handler
