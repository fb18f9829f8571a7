"""A consumer's receiver, put together from what its function's environment says."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Final, get_args

from pydantic import Field

from shared.consumers.declaration import Outlet, Place
from shared.consumers.handling import Handling
from shared.consumers.receiving import Receiver
from shared.consumers.work import DeclaredWork
from shared.events.arrivals import registered
from shared.events.figures import Figures, Flow
from shared.events.opening_here import opener_here
from shared.events.quarantine import Quarantine
from shared.platform.dynamo import DynamoTables
from shared.platform.queues import SqsQueues
from shared.platform.settings import FunctionSettings

_PLACES: Final[tuple[Place, ...]] = get_args(Place)


class ConsumerSettings(FunctionSettings):
    """Settings of a durable consumer; beside them the tables that it declares to need."""

    queue_url: str = Field(description="The queue whose messages it takes.")
    max_attempts: int = Field(5, ge=1, description="Deliveries before an event is quarantined.")
    inbox_table: str = Field(description="Table of inbox keys.")
    identity_table: str = Field(description="Table of members, keys and registrations.")
    quarantine_table: str = Field(description="Table of quarantined events.")
    figures_table: str = Field(description="Table of what became of tenants' events.")


def receiver_of(consumer: DeclaredWork) -> Receiver:
    """The receiver of this process."""
    told, tables = ConsumerSettings(), DynamoTables()  # the environment gives them
    places = {
        place: os.environ[name]
        for place in _PLACES
        if (name := f"{place.upper()}_TABLE") in os.environ
    }
    queues = SqsQueues()
    handling = Handling(
        consumer, tables, told.inbox_table, Quarantine(tables, told.quarantine_table), places,
        opener=opener_here(tables), send=_sending(queues, consumer.declaration.sends),
    )  # fmt: skip
    flow = Flow(consumer.declaration.name, Figures(tables, told.figures_table))
    tenant_of = registered(tables, told.identity_table)
    return Receiver(handling, told.queue_url, told.max_attempts, tenant_of, queues, flow=flow)


def _sending(queues: SqsQueues, sends: tuple[Outlet, ...]) -> Callable[[Outlet, str], None]:
    urls = {name: os.environ[f"{name.upper()}_QUEUE_URL"] for name in sends}
    return lambda outlet, body: queues.send(urls[outlet], body)
