"""A consumer's deliveries: handled, tried again later, passed over, or put into quarantine.

Attempts are bounded and counted by the queue, so that a function that dies counts too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from shared.consumers.deliveries import Delivery
from shared.consumers.handling import GapError, Handling, Tried
from shared.consumers.lease import LeasedError
from shared.consumers.matching import hears
from shared.consumers.order import WaitsError
from shared.events.arrivals import RejectedEventError, TenantOf, arrived
from shared.events.envelope import Event
from shared.events.figures import Flow
from shared.events.metrics import Outcome as Flowed
from shared.events.quarantine import NO_TENANT, Quarantined, entry_id
from shared.platform.backoff import delay_after
from shared.platform.clock import Clock, iso, utc_now
from shared.platform.log import logger
from shared.platform.queues import Queues

Outcome = Literal["done", "repeated", "again", "passed", "refused", "quarantined"]

_FIRST_DELAY: Final = 1.0
_LONGEST_DELAY: Final = 60.0

log = logger("consumer")


@dataclass(frozen=True, slots=True)
class Receiver:
    """Takes deliveries for one consumer."""

    handling: Handling
    queue_url: str
    max_attempts: int
    tenant_of: TenantOf
    queues: Queues
    clock: Clock = utc_now
    flow: Flow | None = None
    """Where what becomes of events is counted."""

    @property
    def name(self) -> str:
        """The consumer."""
        return self.handling.consumer.declaration.name

    def batch(self, records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Handles a batch; messages that shall come again are reported as failures.

        Those tried most come last: one that kills the process takes no fresh one with it.
        """
        failures = []
        for one in sorted(map(Delivery.of, records), key=lambda one: one.attempt):
            outcome, why = self.receive(one)
            log.info(
                "delivery", outcome=outcome, why=why, message_id=one.message_id, attempt=one.attempt
            )
            if outcome == "again":
                failures.append({"itemIdentifier": one.message_id})
        if self.flow:
            self.flow.add()
        return {"batchItemFailures": failures}

    def receive(self, delivery: Delivery) -> tuple[Outcome, str]:
        """Handles one delivery, and says why it went as it did."""
        event: Event | None = None
        try:
            event = arrived(delivery.body, self.tenant_of)
            return self._receive(delivery, event)
        except RejectedEventError as error:
            said = self.handling.consumer.declaration
            if said.repeatable and said.outside and event is None:
                return "passed", str(error)  # the event log gives it up; nothing is to be done here
            known = _known(event) if event else _rejected(error, delivery)
            return self._give_up(delivery, known, str(error))
        except GapError as error:
            return self._give_up(delivery, _known(event), str(error))
        except LeasedError as error:
            return self._later(delivery, str(error))
        except WaitsError as error:
            return self._waits(delivery, event, str(error))
        except Exception as error:  # whatever it was, the event must not be lost
            return self._failed(delivery, event, f"{type(error).__name__}: {error}")

    def _receive(self, delivery: Delivery, event: Event) -> tuple[Outcome, str]:
        said, replay = self.handling.consumer.declaration, delivery.replay()
        if delivery.attempt > self.max_attempts:
            # Attempts that left no error behind: the function itself died or hung.
            return self._give_up(delivery, _known(event), "the function died at every attempt")
        if replay and said.outside and not replay.effects:
            return "refused", "its effects are outside; a replay must be told to repeat them"
        if not hears(said, event):
            return "passed", "not what this consumer hears"
        tried = Tried(delivery.attempt, replay.id if replay else None)
        done = self.handling.handle(event, event.tenant or NO_TENANT, tried)
        if done == "done" and not replay:
            self._count(Flowed.DELIVERED, event)
        return done, ""

    def _waits(self, delivery: Delivery, event: Event | None, why: str) -> tuple[Outcome, str]:
        """For its turn, which is no failure until no attempt is left."""
        if delivery.attempt >= self.max_attempts and event is not None:
            return self._give_up(delivery, _known(event), why)
        return self._later(delivery, why)

    def _failed(self, delivery: Delivery, event: Event | None, error: str) -> tuple[Outcome, str]:
        if delivery.attempt >= self.max_attempts and event is not None:
            return self._give_up(delivery, _known(event), error)
        if event is not None:
            self._count(Flowed.FAILED, event)
        return self._later(delivery, error)

    def _count(self, outcome: Flowed, event: Event) -> None:
        if self.flow:
            self.flow.tell(outcome, event, event.tenant or NO_TENANT)

    def _later(self, delivery: Delivery, why: str) -> tuple[Outcome, str]:
        wait = delay_after(delivery.attempt, _FIRST_DELAY, _LONGEST_DELAY)
        self.queues.delay(self.queue_url, delivery.receipt, max(1, round(wait)))
        return "again", why

    def _give_up(
        self, delivery: Delivery, known: tuple[str, str, str], error: str
    ) -> tuple[Outcome, str]:
        tenant, event_id, event_type = known
        self.handling.quarantine.add(
            Quarantined(
                id=entry_id(event_id, self.name),
                tenant=tenant,
                event_id=event_id,
                event_type=event_type,
                consumer=self.name,
                node=None,
                error=error[:2_000],
                attempts=delivery.attempt,
                at=iso(self.clock()),
                queue_url=self.queue_url,
                body=delivery.body,
            )
        )
        if self.flow:
            self.flow.dead(tenant, event_type)
        return "quarantined", error


def _rejected(error: RejectedEventError, delivery: Delivery) -> tuple[str, str, str]:
    return (
        error.tenant or NO_TENANT,
        error.event_id or delivery.message_id,
        error.event_type or "unknown",
    )


def _known(event: Event | None) -> tuple[str, str, str]:
    if event is None:
        return NO_TENANT, "unknown", "unknown"
    return event.tenant or NO_TENANT, event.id, event.event_type
