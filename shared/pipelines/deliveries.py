"""One delivery of an event to a pipeline: run it, or retry it later, or put it into quarantine.

Attempts are bounded and counted by the queue, so that a starter that dies counts too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from shared.events.arrivals import RejectedEventError, TenantOf, arrived
from shared.events.envelope import Event
from shared.events.quarantine import Quarantine, Quarantined
from shared.pipelines.start import PipelineFailedError, Starter
from shared.platform.backoff import delay_after
from shared.platform.clock import Clock, iso, utc_now
from shared.platform.queues import Queues

Outcome = Literal["done", "repeated", "again", "quarantined"]

NO_TENANT: Final = "-"
"""Whose quarantine takes events that nobody could tell a tenant of: the platform's own."""

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

    def receive(self, delivery: Delivery) -> Outcome:
        """Handles one delivery; `again` means that the queue shall keep the message."""
        event: Event | None = None
        try:
            event = arrived(delivery.body, self.tenant_of)
            tenant = event.tenant or NO_TENANT
            if delivery.attempt > self.max_attempts:
                # Attempts that left no error behind: the starter itself died or hung.
                return self._give_up(delivery, event, None, "the starter died at every attempt")
            ran = self.starter.start(event, tenant, delivery.attempt)
            return "done" if ran else "repeated"
        except RejectedEventError as error:
            return self._give_up(delivery, event, None, str(error), error.tenant)
        except PipelineFailedError as error:
            return self._failed(delivery, event, error.node, str(error))
        except Exception as error:  # whatever it was, the event must not be lost
            return self._failed(delivery, event, None, f"{type(error).__name__}: {error}")

    def _failed(
        self, delivery: Delivery, event: Event | None, node: str | None, error: str
    ) -> Outcome:
        if delivery.attempt >= self.max_attempts:
            return self._give_up(delivery, event, node, error)
        wait = delay_after(delivery.attempt, _FIRST_DELAY, _LONGEST_DELAY)
        self.queues.delay(self.queue_url, delivery.receipt, max(1, round(wait)))
        return "again"

    def _give_up(
        self,
        delivery: Delivery,
        event: Event | None,
        node: str | None,
        error: str,
        tenant: str | None = None,
    ) -> Outcome:
        event_id = event.id if event else delivery.message_id
        self.quarantine.add(
            Quarantined(
                id=f"{event_id}:{self.pipeline}",
                tenant=tenant or (event.tenant if event else None) or NO_TENANT,
                event_id=event_id,
                event_type=event.event_type if event else "unknown",
                consumer=self.pipeline,
                node=node,
                error=error[:2_000],
                attempts=delivery.attempt,
                at=iso(self.clock()),
                queue_url=self.queue_url,
                body=delivery.body,
            )
        )
        return "quarantined"
