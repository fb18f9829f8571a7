"""What relay and sweeper share: settings, and putting events on the bus."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from pydantic import Field

from shared.events.backends.base import Receipt
from shared.events.backends.eventbridge import EventBridgeBackend
from shared.events.data_keys import DataKeys
from shared.events.envelope import Event
from shared.events.figures import Figures, Flow
from shared.events.metrics import Outcome
from shared.events.outbox import mark_relayed
from shared.events.sealing import Seals
from shared.platform.aws import client
from shared.platform.dynamo import DynamoTables
from shared.platform.kms import KmsKeys
from shared.platform.log import logger
from shared.platform.settings import FunctionSettings

log = logger("relay")
tables = DynamoTables()


class RelaySettings(FunctionSettings):
    """Settings of relay and sweeper."""

    crm_table: str = Field(description="Table of entities, their timelines and the outbox.")
    event_bus_name: str = Field(description="The bus that events are put on.")
    identity_table: str = Field(description="Table of members, keys and registrations.")
    data_key_id: str = Field(description="The key of KMS that encrypts the data keys of tenants.")
    figures_table: str = Field(description="Table of what became of tenants' events.")


@lru_cache(maxsize=1)
def settings() -> RelaySettings:
    """The settings of this process."""
    return RelaySettings()  # the environment gives them


@lru_cache(maxsize=1)
def seals() -> Seals:
    """The seals of this process."""
    told = settings()
    return Seals(DataKeys(tables, told.identity_table, KmsKeys(told.data_key_id)))


@lru_cache(maxsize=1)
def flow() -> Flow:
    """Where is counted what the bus took; the latency is the outbox's."""
    return Flow("event bus", Figures(tables, settings().figures_table))


def relay(events: Sequence[Event]) -> Receipt:
    """Publishes events in their order and takes the published ones out of the index `pending`.

    What is personal in them is sealed first; one that cannot be sealed is not published. A crash in
    between publishes an event twice; consumers know it by its id.
    """
    told = settings()
    backend = EventBridgeBackend(told.event_bus_name, client("events").put_events, seals().seal)
    receipt = backend.publish_all(events)
    for event in receipt.published:
        mark_relayed(tables, told.crm_table, event)
        flow().tell(Outcome.PUBLISHED, event, event.tenant or "-")
        log.info("relayed", event_type=event.event_type, event_id=event.id, tenant=event.tenant)
    for event, reason in receipt.failed:
        flow().tell(Outcome.FAILED, event, event.tenant or "-")
        log.error("not relayed", event_type=event.event_type, event_id=event.id, reason=reason)
    flow().add()
    return receipt
