"""The deliveries of tenants: begun, asked for again, and read as a log."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from shared.events.catalog import lookup
from shared.events.envelope import Event
from shared.platform.clock import Clock, utc_now
from shared.platform.queues import Queues
from shared.platform.tables import Put, Query, Tables, TransactionRefusedError, Write
from shared.webhooks import delivery, message, rows
from shared.webhooks.delivery import Delivery, Status
from shared.webhooks.errors import (
    DeliveryNotFoundError,
    DeliveryWaitsError,
    EndpointDisabledError,
    EndpointNotFoundError,
)

GRACE: Final = timedelta(seconds=60)
"""How long a message may be on its way before the sweeper sends another one."""

Also = Callable[[Delivery], Sequence[Write]]


def nothing_else(_: Delivery) -> Sequence[Write]:
    """No more writes."""
    return ()


@dataclass(frozen=True, slots=True)
class Deliveries:
    """Deliveries, and the queue that they are sent from."""

    tables: Tables
    table: str
    queues: Queues
    queue_url: str
    clock: Clock = utc_now

    def find(self, tenant: str, endpoint_id: str, delivery_id: str) -> Delivery | None:
        """One of them, if it is there."""
        key = rows.delivery_key(tenant, endpoint_id, delivery_id)
        item = self.tables.get(self.table, key)
        return delivery.of(item) if item else None

    def get(self, tenant: str, endpoint_id: str, delivery_id: str) -> Delivery:
        """One of them; raises DeliveryNotFoundError."""
        if found := self.find(tenant, endpoint_id, delivery_id):
            return found
        raise DeliveryNotFoundError(f"there is no delivery {delivery_id:.80} to this endpoint")

    def page(
        self,
        tenant: str,
        endpoint_id: str,
        *,
        limit: int,
        start: Mapping[str, Any] | None = None,
        status: Status | None = None,
    ) -> tuple[list[Delivery], Mapping[str, Any] | None]:
        """Those of an endpoint, the latest event first; of a status a page may hold fewer."""
        asked = Query(
            self.table, ("pk", rows.deliveries(tenant, endpoint_id)), limit=limit, start=start,
            descending=True,
        )  # fmt: skip
        page = self.tables.query(asked)
        found = [delivery.of(item) for item in page.items]
        return [one for one in found if status in (None, one.status)], page.next_start

    def of_event(self, tenant: str, event_id: str) -> list[Delivery]:
        """Where an event went."""
        asked = Query(self.table, ("pk", rows.message(tenant, event_id)), prefix=rows.TO)
        named = [(item["endpoint_id"], item["id"]) for item in self.tables.query(asked).items]
        found = [self.find(tenant, *one) for one in named]
        return [one for one in found if one]

    def body(self, tenant: str, event_id: str) -> str | None:
        """What is sent of an event, as long as it is kept."""
        key = {"pk": rows.message(tenant, event_id), "sk": rows.MESSAGE}
        item = self.tables.get(self.table, key)
        return str(item["body"]) if item else None

    def test(
        self, tenant: str, endpoint_id: str, event_type: str, also: Also = nothing_else
    ) -> Delivery:
        """Sends a type's sample to an endpoint, whatever its filters.

        Raises:
            UnknownEventTypeError: the catalogue has no such type.
            EndpointNotFoundError, EndpointDisabledError.
        """
        self._check(tenant, endpoint_id)
        kind, now = lookup(event_type), self.clock()
        event = Event(
            kind.name, dict(kind.sample), source=kind.source, tenant=tenant, time=now,
            version=kind.version, topics=kind.topics,
        )  # fmt: skip
        made = delivery.new(tenant, endpoint_id, event, now, GRACE, test=True)
        told = message.write(self.table, tenant, event, now, test=True)
        self.tables.transact([told, *self.begin(made), *also(made)])
        self.ask(made)
        return made

    def again(
        self, tenant: str, endpoint_id: str, delivery_id: str, also: Also = nothing_else
    ) -> Delivery:
        """Sends one once more, from the first try on, under the same `webhook-id`.

        Raises:
            DeliveryNotFoundError, DeliveryWaitsError, EndpointNotFoundError, EndpointDisabledError.
        """
        self._check(tenant, endpoint_id)
        found = self.get(tenant, endpoint_id, delivery_id)
        if found.status == "waiting":
            raise DeliveryWaitsError(f"it is tried next at {found.due_at}")
        after = self.restarted(found)
        try:
            self.tables.transact([after.write(self.table, found.step), *also(after)])
        except TransactionRefusedError as refused:
            if refused.labels != {delivery.WRITE}:
                raise
            raise DeliveryWaitsError("somebody else sent it again meanwhile") from None
        self.ask(after)
        return after

    def restarted(self, found: Delivery) -> Delivery:
        """One that is tried anew."""
        now = self.clock()
        return found.waits(now, now + GRACE, tries=0)

    def begin(self, made: Delivery) -> list[Put]:
        """The writes of a new delivery."""
        pointer = {
            "pk": rows.message(made.tenant, made.event_id),
            "sk": f"{rows.TO}{made.endpoint_id}",
            "endpoint_id": made.endpoint_id,
            "id": made.id,
            "expires_at": made.expires_at,
        }
        return [made.write(self.table), Put(self.table, pointer, label="pointer")]

    def ask(self, one: Delivery, after: int = 0) -> None:
        """Sends the message that asks for the next try."""
        self.queues.send(self.queue_url, asked(one), after)

    def ask_all(self, many: Sequence[Delivery]) -> None:
        """Sends the messages of several at once."""
        self.queues.send_all(self.queue_url, [asked(one) for one in many])

    def _check(self, tenant: str, endpoint_id: str) -> None:
        item = self.tables.get(self.table, rows.endpoint_key(tenant, endpoint_id))
        if item is None:
            text = f"there is no webhook endpoint {endpoint_id:.50}; list them"
            raise EndpointNotFoundError(text)
        if not item["enabled"]:
            raise EndpointDisabledError("the endpoint is disabled; enable it first")


def asked(one: Delivery) -> str:
    """The message that asks for the try that is due."""
    return json.dumps(
        {"tenant": one.tenant, "endpoint": one.endpoint_id, "delivery": one.id, "step": one.step}
    )


def seconds_until(moment: str, now: datetime) -> int:
    """Whole seconds until a moment, at least none."""
    return max(0, round(datetime.fromisoformat(moment).timestamp() - now.timestamp()))
