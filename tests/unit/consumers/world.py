"""One tenant, its timelines, and consumers that are handed messages as a queue would."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from shared.consumers.consumer import Consumer
from shared.consumers.deliveries import Delivery, Replayed, message
from shared.consumers.handling import Handling
from shared.consumers.receiving import Receiver
from shared.events import EntityRef, Event
from shared.events.opening import Opener
from shared.events.outbox import Change, commit
from shared.events.quarantine import Quarantine
from tests.fakes.ports import MemoryQueues, MovedClock
from tests.fakes.tables import MemoryTables

PLACES = {"crm": "crm", "event_log": "event_log", "projections": "projections"}


class World:
    """Tables, queues, a clock, and a receiver for each consumer."""

    def __init__(
        self, *consumers: Consumer, tables: MemoryTables | None = None, attempts: int = 3
    ) -> None:
        self.tables, self.queues, self.clock = (
            tables or MemoryTables(),
            MemoryQueues(),
            MovedClock(),
        )
        self._attempts = attempts
        self.quarantine = Quarantine(self.tables, "quarantine", self.clock)
        self.receivers = {one.declaration.name: self._receiver(one) for one in consumers}

    def _receiver(self, consumer: Consumer) -> Receiver:
        handling = Handling(consumer, self.tables, "inbox", self.quarantine, PLACES, self.clock)
        sources = {"acme.website": "acme"}
        return Receiver(handling, "http://q", self._attempts, sources.get, self.queues, self.clock)

    def open_with(self, name: str, opener: Opener) -> None:
        """Lets a consumer open events."""
        receiver = self.receivers[name]
        self.receivers[name] = replace(receiver, handling=replace(receiver.handling, opener=opener))

    def deliver_wire(self, name: str, wire: dict[str, Any]) -> str:
        """Hands a consumer what a rule would bring of a CloudEvent."""
        found = {key: wire[key] for key in ("id", "source", "time")}
        body = json.dumps({**found, "detail-type": wire["type"], "detail": wire})
        return self.receivers[name].receive(Delivery(body, "receipt", 1, wire["id"]))[0]

    def happens(self, lead: str, *types: str, tenant: str = "acme") -> list[Event]:
        """Events of a lead, committed to its timeline one after the other."""
        written = []
        for kind in types:
            item = self.tables.get("crm", {"pk": f"{tenant}#lead#{lead}", "sk": "state"})
            version = item["version"] if item else 0
            event = Event(kind, data_of(kind, lead, version), time=self.clock())
            change = Change(tenant, EntityRef("lead", lead), version, {"id": lead}, (event,))
            written += commit(self.tables, "crm", change)
        return written

    def deliver(
        self, name: str, event: Event, attempt: int = 1, replay: Replayed | None = None
    ) -> str:
        delivery = Delivery(message(event, replay), "receipt", attempt, event.id)
        return self.receivers[name].receive(delivery)[0]

    def quarantined(self, tenant: str = "acme") -> list[Any]:
        return self.quarantine.page(tenant, limit=99)[0]


def data_of(kind: str, lead: str, number: int) -> dict[str, Any]:
    """Data that fits its type."""
    if kind == "lead.created":
        return {"lead_id": lead, "name": "Jane", "status": "Interest"}
    if kind == "lead.deleted":
        return {"lead_id": lead, "name": "Jane"}
    if kind == "lead.qualified":
        return {"lead_id": lead, "score": number}
    columns = ("Interest", "Meeting booked", "Proposal sent")
    old, new = columns[number % 3], columns[(number + 1) % 3]
    return {"lead_id": lead, "old_status": old, "new_status": new}
