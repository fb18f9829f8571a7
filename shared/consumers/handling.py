"""One event at one consumer: its effect once, and in the order of its entity where asked."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Literal

from shared.consumers.context import Context
from shared.consumers.declaration import Outlet, Place
from shared.consumers.lease import leased
from shared.consumers.matching import hears
from shared.consumers.order import ORDER_WRITE, Order, WaitsError
from shared.consumers.work import DeclaredWork
from shared.events.envelope import Event
from shared.events.inbox import INBOX_WRITE, handled, inbox_write
from shared.events.opening import Opener
from shared.events.quarantine import NotInQuarantineError, Quarantine, entry_id
from shared.platform.clock import Clock, utc_now
from shared.platform.tables import Tables, TransactionRefusedError, Write

Done = Literal["done", "repeated", "passed"]
"""What is passed by a repeatable consumer had no effect."""

KEPT: Final = timedelta(days=400)
"""Inbox keys outlive the event log, so that no replay of it repeats an effect."""
_PATIENCE: Final = timedelta(minutes=2)
"""After this an event that waits for one that nobody has is given up, and the gap is told."""
_RACES: Final = 20


class GapError(Exception):
    """Events of the entity are missing, and waiting did not bring them."""


@dataclass(frozen=True, slots=True)
class Tried:
    """Which try of which delivery this is."""

    attempt: int
    replay: str | None = None


@dataclass(frozen=True, slots=True)
class Handling:
    """Handles events for one consumer."""

    consumer: DeclaredWork
    tables: Tables
    inbox_table: str
    quarantine: Quarantine
    places: Mapping[Place, str]
    clock: Clock = utc_now
    opener: Opener = field(default_factory=Opener)
    send: Callable[[Outlet, str], None] | None = None

    @property
    def order(self) -> Order:
        """How far the consumer is with each entity."""
        said = self.consumer.declaration
        return Order(
            self.tables, self.places["projections"], self.places["crm"], said.name,
            lambda event: hears(said, event), self.clock,
        )  # fmt: skip

    def handle(self, event: Event, tenant: str, tried: Tried) -> Done:
        """Handles one event.

        Raises:
            WaitsError: earlier events of its entity are not handled yet.
            GapError: they will not come.
        """
        if not (self.consumer.declaration.ordered and event.entity and event.sequence):
            return self._once(event, tenant, tried, [])
        done = self._in_order(event, tenant, tried)
        self._release(event, tenant)
        return done

    def _in_order(self, event: Event, tenant: str, tried: Tried) -> Done:
        assert event.entity  # noqa: S101 - whoever calls has looked
        for _ in range(_RACES):
            done = self.order.done(tenant, event.entity)
            if (event.sequence or 0) <= done:
                return "repeated"
            before = self.order.before(tenant, event, done)
            if before.lost:
                self._wait(event, tenant, done, before.lost)
            try:
                if before.late:
                    self._fill(event, before.late, tenant, tried, done)
                else:
                    return self._next(event, tenant, tried, done)
            except TransactionRefusedError as refused:
                if ORDER_WRITE not in refused.labels:
                    raise
        raise WaitsError(f"{event.entity}: many deliveries at once; it is tried again")

    def _wait(self, event: Event, tenant: str, done: int, lost: int) -> None:
        """Parks an event whose predecessors not even the timeline has."""
        waited = self.clock() - self.order.park(tenant, event)
        text = f"{event.entity}: {lost} events between {done} and {event.sequence} are missing"
        if waited >= _PATIENCE:
            raise GapError(f"{text} after {round(waited.total_seconds())} s; send them, redrive it")
        raise WaitsError(text)

    def _fill(
        self, event: Event, late: Sequence[Event], tenant: str, tried: Tried, done: int
    ) -> None:
        """Lets late events a moment to come by themselves, then handles them from the timeline."""
        if tried.attempt == 1 and not tried.replay:
            self.order.park(tenant, event)
            raise WaitsError(f"{event.entity}: {event.sequence} came before {late[0].sequence}")
        for one in late:
            if self._discarded(one, tenant):
                self.tables.transact(self.order.step(tenant, one, done))
            else:
                self._next(one, tenant, tried, done)
            done = one.sequence or done

    def _discarded(self, event: Event, tenant: str) -> bool:
        """Whether an operator gave it up, so that the order goes on without it."""
        try:
            kept = self.quarantine.get(tenant, entry_id(event.id, self.consumer.declaration.name))
        except NotInQuarantineError:
            return False
        return kept.status == "discarded"

    def _next(self, event: Event, tenant: str, tried: Tried, done: int) -> Done:
        step = self.order.step(tenant, event, done)
        outcome = self._once(event, tenant, tried, step)
        if outcome == "repeated" and self._stands(event, tenant):
            self.tables.transact(step)  # its effect is older than its place in the order
        return outcome

    def _release(self, event: Event, tenant: str) -> None:
        """Handles what waited for this event; what fails there is its own delivery's to tell."""
        assert event.entity  # noqa: S101 - whoever calls has looked
        while parked := self.order.next_parked(tenant, event.entity):
            try:
                self._in_order(parked, tenant, Tried(1))
            except Exception:  # its own message comes again
                return
            self.tables.transact([self.order.unpark(tenant, parked)])

    def _once(self, event: Event, tenant: str, tried: Tried, also: Sequence[Write]) -> Done:
        said = self.consumer.declaration
        if said.repeatable:
            sent: list[Outlet] = []
            effects, context = self._work(event, tenant, tried, sent)
            if effects:
                self.tables.transact(effects)
            for call in context.afterwards:
                call()
            return "done" if sent or effects else "passed"
        if self._stands(event, tenant):
            return "repeated"
        if not said.outside:
            return self._effect(event, tenant, tried, also)
        with leased(self.tables, self.inbox_table, tenant, said.name, event.id, self.clock):
            return self._effect(event, tenant, tried, also)

    def _effect(self, event: Event, tenant: str, tried: Tried, also: Sequence[Write]) -> Done:
        name = self.consumer.declaration.name
        effects, context = self._work(event, tenant, tried)
        mark = inbox_write(self.inbox_table, tenant, name, event.id, self.clock, KEPT)
        try:
            self.tables.transact([mark, *also, *effects])
        except TransactionRefusedError as refused:
            if INBOX_WRITE in refused.labels:
                return "repeated"
            raise
        for call in context.afterwards:
            call()
        return "done"

    def _stands(self, event: Event, tenant: str) -> bool:
        name = self.consumer.declaration.name
        return handled(self.tables, self.inbox_table, tenant, name, event.id)

    def _work(
        self, event: Event, tenant: str, tried: Tried, sent: list[Outlet] | None = None
    ) -> tuple[Sequence[Write], Context]:
        name = self.consumer.declaration.name
        context = Context(
            tenant, name, tried.attempt, f"{name}:{event.id}", self.tables, self.places,
            tried.replay, self.clock, on_bus=event,
            **self._outlets([] if sent is None else sent),
        )  # fmt: skip
        seen = event if self.consumer.declaration.thin else self.opener.open(event)
        answer: Any = self.consumer(seen, context)
        if inspect.isawaitable(answer):
            answer = asyncio.run(_finished(answer))
        return list(answer or ()), context

    def _outlets(self, sent: list[Outlet]) -> dict[str, Any]:
        """How the consumer sends, where it may; what it sent is noted."""
        send = self.send
        if send is None:
            return {}

        def noted(outlet: Outlet, body: str) -> None:
            send(outlet, body)
            sent.append(outlet)

        return {"send": noted}


async def _finished(answer: Any) -> Any:
    return await answer
