"""The event log keeps every event for a year, to be asked for by tenant, time and type."""

from __future__ import annotations

from shared.consumers.consumer import consumer
from shared.consumers.context import Context
from shared.events.envelope import Event
from shared.events.log import log_write
from shared.platform.tables import Write


@consumer(thin=True, repeatable=True, needs={"event_log": ("put",)})
def event_log(event: Event, context: Context) -> list[Write]:
    """Keeps every event as it was on the bus, for lists and replays."""
    return [log_write(context.table("event_log"), context.tenant, event)]


handler = event_log.handler
