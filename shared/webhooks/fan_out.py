"""One event becomes one delivery to each endpoint that wants it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shared.events.envelope import Event
from shared.platform.tables import Item, Query, Write
from shared.webhooks import delivery, message, rows
from shared.webhooks.deliveries import GRACE, Deliveries
from shared.webhooks.delivery import Delivery
from shared.webhooks.endpoints import MOST
from shared.webhooks.filters import wants

REMEMBERED: Final = timedelta(days=7)
"""For how long an endpoint that Millrace disabled still has its events noted, to be recovered."""
_DISABLED: Final = "the endpoint is disabled"


@dataclass(frozen=True, slots=True)
class FannedOut:
    """What has to be written, and what to be sent once it is."""

    writes: Sequence[Write]
    due: Sequence[Delivery]


def fan_out(at: Deliveries, tenant: str, event: Event) -> FannedOut:
    """The deliveries of an event; the tenant's endpoints are read by one query."""
    now = at.clock()
    asked = Query(at.table, ("pk", rows.endpoints(tenant)), limit=MOST)
    wanted = [
        item
        for item in at.tables.query(asked).items
        if _hears(item, now) and wants(item["types"], item.get("filter"), event)
    ]
    if not wanted:
        return FannedOut((), ())
    made = [_delivery(tenant, item, event, now) for item in wanted]
    writes: list[Write] = [message.write(at.table, tenant, event, now)]
    for one in made:
        writes += at.begin(one)
    return FannedOut(writes, [one for one in made if one.status == "waiting"])


def _hears(item: Item, now: datetime) -> bool:
    if item["enabled"]:
        return True
    if "disabled" not in item:  # its owner did it, and wants nothing
        return False
    return now - datetime.fromisoformat(item["disabled"]["at"]) < REMEMBERED


def _delivery(tenant: str, item: Item, event: Event, now: datetime) -> Delivery:
    made = delivery.new(tenant, item["id"], event, now, GRACE)
    return made if item["enabled"] else made.ends("failed", now, _DISABLED)
