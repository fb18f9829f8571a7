"""A wanted start: done, tried again later, dropped, or put into quarantine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from shared.events.arrivals import RejectedEventError
from shared.events.envelope import Event, from_wire
from shared.events.opening import Opener
from shared.events.quarantine import Quarantine, Quarantined, entry_id
from shared.platform.backoff import delay_after
from shared.platform.clock import Clock, iso, utc_now
from shared.platform.queues import Queues
from shared.workflows.errors import NotPublishedError, WorkflowNotFoundError
from shared.workflows.executions.errors import PublisherError, WorkflowInactiveError
from shared.workflows.executions.triggered import TriggerCircleError, Triggered

Outcome = Literal["started", "dropped", "again", "quarantined"]
CONSUMER: Final = "trigger_starter"
_GONE: Final = (WorkflowNotFoundError, NotPublishedError, WorkflowInactiveError)
"""Since the event was matched; nothing is wrong with that."""
_FIRST_DELAY: Final = 1.0
_LONGEST_DELAY: Final = 60.0


@dataclass(frozen=True, slots=True)
class Queue:
    """Where the messages come from."""

    queues: Queues
    url: str
    max_attempts: int


@dataclass(frozen=True, slots=True)
class TriggeredStarts:
    """Takes messages of the queue."""

    triggered: Triggered
    quarantine: Quarantine
    queue: Queue
    opener: Opener = field(default_factory=Opener)
    clock: Clock = utc_now

    def take(self, record: Mapping[str, Any]) -> tuple[Outcome, str]:
        """Starts what a message asks for; how that went, and the run or the reason."""
        wanted = json.loads(record["body"])
        event = from_wire(wanted["event"])
        try:
            opened = self.opener.open(event)
            made = self.triggered.start(wanted["tenant"], wanted["workflow"], opened)
        except _GONE as error:
            return "dropped", str(error)
        except (PublisherError, TriggerCircleError, RejectedEventError) as error:
            return self._give_up(record, event, str(error))
        except Exception as error:  # whatever it was, the start must not be lost
            return self._failed(record, event, f"{type(error).__name__}: {error}")
        return "started", made.id

    def _failed(self, record: Mapping[str, Any], event: Event, why: str) -> tuple[Outcome, str]:
        attempt = _attempt(record)
        if attempt >= self.queue.max_attempts:
            return self._give_up(record, event, why)
        wait = delay_after(attempt, _FIRST_DELAY, _LONGEST_DELAY)
        self.queue.queues.delay(self.queue.url, record["receiptHandle"], max(1, round(wait)))
        return "again", why

    def _give_up(self, record: Mapping[str, Any], event: Event, why: str) -> tuple[Outcome, str]:
        wanted = json.loads(record["body"])
        self.quarantine.add(
            Quarantined(
                id=entry_id(event.id, f"{CONSUMER}:{wanted['workflow']}"),
                tenant=wanted["tenant"],
                event_id=event.id,
                event_type=event.event_type,
                consumer=CONSUMER,
                node=wanted["workflow"],
                error=why[:2_000],
                attempts=_attempt(record),
                at=iso(self.clock()),
                queue_url=self.queue.url,
                body=record["body"],
            )
        )
        return "quarantined", why


def _attempt(record: Mapping[str, Any]) -> int:
    return int(record["attributes"]["ApproximateReceiveCount"])
