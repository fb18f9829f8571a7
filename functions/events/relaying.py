"""What relay and sweeper share: settings, and putting events on the bus."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from pydantic import Field

from shared.events.backends.base import Receipt
from shared.events.backends.eventbridge import EventBridgeBackend
from shared.events.envelope import Event
from shared.events.figures import Figures, Flow
from shared.events.metrics import Outcome
from shared.events.outbox import mark_relayed
from shared.platform.aws import client
from shared.platform.dynamo import DynamoTables
from shared.platform.log import logger
from shared.platform.settings import FunctionSettings

log = logger("relay")
tables = DynamoTables()


class RelaySettings(FunctionSettings):
    """Settings of relay and sweeper."""

    crm_table: str = Field(description="Table of entities, their timelines and the outbox.")
    event_bus_name: str = Field(description="The bus that events are put on.")
    figures_table: str = Field(description="Table of what became of tenants' events.")


@lru_cache(maxsize=1)
def settings() -> RelaySettings:
    """The settings of this process."""
    return RelaySettings()  # the environment gives them


@lru_cache(maxsize=1)
def flow() -> Flow:
    """Where is counted what the bus took; the latency is the outbox's."""
    return Flow("event bus", Figures(tables, settings().figures_table))


def relay(events: Sequence[Event]) -> Receipt:
    """Publishes events in their order and takes the published ones out of the index `pending`.

    A crash in between publishes an event twice; consumers know it by its id.
    """
    told = settings()
    receipt = EventBridgeBackend(told.event_bus_name, client("events").put_events).publish_all(
        events
    )
    for event in receipt.published:
        mark_relayed(tables, told.crm_table, event)
        flow().tell(Outcome.PUBLISHED, event, event.tenant or "-")
        log.info("relayed", event_type=event.event_type, event_id=event.id, tenant=event.tenant)
    for event, reason in receipt.failed:
        flow().tell(Outcome.FAILED, event, event.tenant or "-")
        log.error("not relayed", event_type=event.event_type, event_id=event.id, reason=reason)
    flow().add()
    return receipt
