"""A tenant with webhook endpoints, a queue, a clock, and receivers that answer as they are told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from shared.events import EntityRef, Event
from shared.identity.audit import Audit
from shared.identity.principal import Principal
from shared.platform.http import HttpAnswer, HttpCall
from shared.webhooks.addresses import Addresses
from shared.webhooks.deliveries import Deliveries
from shared.webhooks.delivery import Delivery
from shared.webhooks.endpoint import Endpoint, EndpointFields
from shared.webhooks.endpoints import Endpoints, Places
from shared.webhooks.fan_out import fan_out
from shared.webhooks.health import Health
from shared.webhooks.recovery import Recoveries
from shared.webhooks.sending import Sender
from shared.webhooks.sweeping import Sweeper
from tests.fakes.ports import MemoryQueues, MovedClock
from tests.fakes.secrets import MemorySecrets
from tests.fakes.tables import MemoryTables

ANN = Principal("acme", "ann", "admin")
URL = "https://receiver.example/hooks"


class Receivers:
    """The port `Http`: each call gets the next answer, an error is raised; the last one stays."""

    def __init__(self) -> None:
        self.calls: list[HttpCall] = []
        self.answers: list[int | tuple[int, dict[str, str], bytes] | Exception] = [200]
        self.meanwhile: Callable[[], None] = lambda: None

    async def send(self, call: HttpCall) -> HttpAnswer:
        self.calls.append(call)
        self.meanwhile()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        status, headers, body = answer if isinstance(answer, tuple) else (answer, {}, b"")
        return HttpAnswer(status, headers, body, call.url, 12)


class World:
    """Everything on fakes; names stand for public addresses unless told."""

    def __init__(self, **addresses: list[str]) -> None:
        self.tables, self.queues, self.clock = MemoryTables(), MemoryQueues(), MovedClock()
        self.secrets, self.http = MemorySecrets(), Receivers()
        self.addresses = addresses
        self.places = Places(self.tables, self.secrets, "webhooks", clock=self.clock)
        audit = Audit(self.tables, "audit", self.clock)
        self.endpoints = Endpoints(self.places, audit, Addresses(resolve=self._resolve))
        self.deliveries = Deliveries(self.tables, "webhooks", self.queues, "q", self.clock)
        self.recoveries = Recoveries(self.deliveries)
        self.health = Health(self.tables, "webhooks", "crm", self.clock)
        self.sweeper = Sweeper(self.deliveries)
        self.sender = Sender(
            self.deliveries, self.secrets, self.http, self.health, self.clock, lambda: 0.0
        )
        self._number = 0

    async def _resolve(self, host: str, port: int) -> list[str]:
        return self.addresses.get(host, ["93.184.216.34"])

    def add(self, who: Principal = ANN, **fields: Any) -> tuple[Endpoint, str]:
        body = EndpointFields.model_validate({"url": URL, **fields})
        return asyncio.run(self.endpoints.create(who, body))

    def event(self, kind: str = "lead.created", **data: Any) -> Event:
        self._number += 1
        told = {"lead_id": "1", "name": "Jane", "status": "Interest", **data}
        return Event(
            kind, told, tenant="acme", time=self.clock(), topics=("leads",),
            entity=EntityRef("lead", "1"), sequence=self._number,
        )  # fmt: skip

    def happens(self, event: Event | None = None, tenant: str = "acme") -> Event:
        event = event or self.event()
        made = fan_out(self.deliveries, tenant, event)
        if made.writes:
            self.tables.transact(made.writes)
        self.deliveries.ask_all(made.due)
        return event

    def drain(self) -> list[str]:
        """Takes the messages that are in the queue now, one after the other."""
        found, self.queues.sent = self.queues.sent, []
        self.queues.waits = []
        return [self.take(body) for _, body in found]

    def take(self, body: str) -> str:
        if "recovery" in json.loads(body):
            after = self.recoveries.step(body)
            return after.status if after else "passed"
        return asyncio.run(self.sender.take(body))

    def until_due(self, one: Delivery) -> None:
        assert one.due_at
        from datetime import datetime

        self.clock.move(
            seconds=max(0.0, (datetime.fromisoformat(one.due_at) - self.clock()).total_seconds())
        )

    def log(self, endpoint: Endpoint, tenant: str = "acme") -> list[Delivery]:
        return self.deliveries.page(tenant, endpoint.id, limit=99)[0]

    def only(self, endpoint: Endpoint) -> Delivery:
        (found,) = self.log(endpoint)
        return found
