"""The inbox: a consumer handles an event once, because its key is written with its effect."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from shared.platform.clock import Clock, utc_now
from shared.platform.tables import Absent, Put, Tables

INBOX_WRITE: Final = "inbox"
"""The label by which a refused transaction tells that the event was handled before."""

KEPT: Final = timedelta(days=30)
"""Longer than any redelivery."""


def inbox_key(tenant: str, consumer: str, event_id: str) -> dict[str, str]:
    """The key of one event for one consumer."""
    return {"pk": f"{tenant}#inbox#{consumer}#{event_id}"}


def inbox_write(
    table: str,
    tenant: str,
    consumer: str,
    event_id: str,
    clock: Clock = utc_now,
    kept: timedelta = KEPT,
) -> Put:
    """The write that belongs into the transaction of the effect."""
    item = inbox_key(tenant, consumer, event_id)
    expires = int((clock() + kept).timestamp())
    return Put(table, {**item, "expires_at": expires}, Absent(), label=INBOX_WRITE)


def handled(tables: Tables, table: str, tenant: str, consumer: str, event_id: str) -> bool:
    """Whether the consumer's effect already stands; spares the work, decides nothing."""
    return tables.get(table, inbox_key(tenant, consumer, event_id)) is not None
