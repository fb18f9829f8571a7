"""One delivery of an event to a pipeline: run it, or retry it later, or put it into quarantine.

Attempts are bounded and counted by the queue, so that a starter that dies counts too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

from shared.events.arrivals import RejectedEventError, TenantOf, arrived
from shared.events.envelope import Event
from shared.events.figures import Flow
from shared.events.metrics import Outcome as Flowed
from shared.events.opening import Opener
from shared.events.quarantine import NO_TENANT, Quarantine, Quarantined, entry_id
from shared.pipelines.holding import held
from shared.pipelines.start import PipelineFailedError, Starter
from shared.platform.backoff import delay_after
from shared.platform.clock import Clock, iso, utc_now
from shared.platform.queues import Queues

Outcome = Literal["done", "repeated", "again", "quarantined"]

_FIRST_DELAY: Final = 1.0
_LONGEST_DELAY: Final = 60.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message as the queue handed it over."""

    body: str
    receipt: str
    attempt: int
    """Which delivery this is, from 1."""
    message_id: str


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of an event that is given up."""

    tenant: str
    event_id: str
    event_type: str

    @classmethod
    def of(cls, event: Event) -> _Known:
        return cls(event.tenant or NO_TENANT, event.id, event.event_type)

    @classmethod
    def rejected(cls, error: RejectedEventError, delivery: Delivery) -> _Known:
        return cls(
            error.tenant or NO_TENANT,
            error.event_id or delivery.message_id,
            error.event_type or "unknown",
        )


@dataclass(frozen=True, slots=True)
class Receiver:
    """Takes deliveries for one pipeline."""

    pipeline: str
    queue_url: str
    max_attempts: int
    starter: Starter
    tenant_of: TenantOf
    quarantine: Quarantine
    queues: Queues
    clock: Clock = utc_now
    opener: Opener = field(default_factory=Opener)
    flow: Flow | None = None
    """Where what becomes of events is counted."""

    def receive(self, delivery: Delivery) -> Outcome:
        """Handles one delivery; `again` means that the queue shall keep the message."""
        event: Event | None = None
        try:
            event = arrived(delivery.body, self.tenant_of)
            if delivery.attempt > self.max_attempts:
                # Attempts that left no error behind: the starter itself died or hung.
                reason = "the starter died at every attempt"
                return self._give_up(delivery, _Known.of(event), None, reason)
            with held(self.queues, self.queue_url, delivery.receipt):
                opened = self.opener.open(event)
                ran = self.starter.start(opened, event.tenant or NO_TENANT, delivery.attempt)
            if ran:
                self._count(Flowed.DELIVERED, event)
            return "done" if ran else "repeated"
        except RejectedEventError as error:
            return self._give_up(delivery, _Known.rejected(error, delivery), None, str(error))
        except PipelineFailedError as error:
            return self._failed(delivery, event, error.node, str(error))
        except Exception as error:  # whatever it was, the event must not be lost
            return self._failed(delivery, event, None, f"{type(error).__name__}: {error}")

    def _failed(
        self, delivery: Delivery, event: Event | None, node: str | None, error: str
    ) -> Outcome:
        if delivery.attempt >= self.max_attempts and event is not None:
            return self._give_up(delivery, _Known.of(event), node, error)
        if event is not None:
            self._count(Flowed.FAILED, event)
        wait = delay_after(delivery.attempt, _FIRST_DELAY, _LONGEST_DELAY)
        self.queues.delay(self.queue_url, delivery.receipt, max(1, round(wait)))
        return "again"

    def _count(self, outcome: Flowed, event: Event) -> None:
        if self.flow:
            self.flow.tell(outcome, event, event.tenant or NO_TENANT)

    def _give_up(self, delivery: Delivery, known: _Known, node: str | None, error: str) -> Outcome:
        self.quarantine.add(
            Quarantined(
                id=entry_id(known.event_id, self.pipeline),
                tenant=known.tenant,
                event_id=known.event_id,
                event_type=known.event_type,
                consumer=self.pipeline,
                node=node,
                error=error[:2_000],
                attempts=delivery.attempt,
                at=iso(self.clock()),
                queue_url=self.queue_url,
                body=delivery.body,
            )
        )
        if self.flow:
            self.flow.dead(known.tenant, known.event_type)
        return "quarantined"
