"""One delivery of what another service tells: handled, or tried again, or put into quarantine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from shared.events.quarantine import NO_TENANT, Quarantine, Quarantined, entry_id
from shared.platform.backoff import delay_after
from shared.platform.clock import Clock, iso, utc_now
from shared.platform.log import logger
from shared.platform.queues import Queues

ATTEMPTS: Final = 5
_FIRST_DELAY: Final = 2.0
_LONGEST_DELAY: Final = 120.0
_EXPLAINED: Final = 2_000

log = logger("outside")


class RefusedError(Exception):
    """What no retry makes acceptable; the message says what is wrong, and whose it is if known."""

    def __init__(self, why: str, tenant: str = NO_TENANT) -> None:
        super().__init__(why)
        self.tenant = tenant


class LaterError(Exception):
    """Not now: it comes again after so many seconds, and that is no failure."""

    def __init__(self, why: str, seconds: int) -> None:
        super().__init__(why)
        self.seconds = seconds


class Handle(Protocol):
    """Does what a message asks for, once however often it comes."""

    def __call__(self, body: str) -> str:
        """Says what was done.

        Raises:
            RefusedError: nobody can handle it.
            LaterError: not now.
        """


@dataclass(frozen=True, slots=True)
class Receiver:
    """Takes the messages of one queue for one consumer."""

    consumer: str
    handle: Handle
    quarantine: Quarantine
    queues: Queues
    queue_url: str
    clock: Clock = utc_now

    def receive(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Handles a batch; messages that shall come again are reported as failures."""
        again = [record["messageId"] for record in event["Records"] if not self._done(record)]
        return {"batchItemFailures": [{"itemIdentifier": one} for one in again]}

    def _done(self, record: Mapping[str, Any]) -> bool:
        attempt = int(record["attributes"]["ApproximateReceiveCount"])
        try:
            what = self.handle(record["body"])
        except RefusedError as refused:
            self._give_up(record, attempt, refused.tenant, str(refused))
            return True
        except LaterError as later:
            log.info("later", consumer=self.consumer, why=str(later))
            self.queues.delay(self.queue_url, record["receiptHandle"], later.seconds)
            return False
        except Exception as error:  # whatever it was: what stands is known next time
            why = f"{type(error).__name__}: {error}"
            if attempt >= ATTEMPTS:
                self._give_up(record, attempt, NO_TENANT, why)
                return True
            log.warning("again", consumer=self.consumer, why=why, attempt=attempt)
            wait = delay_after(attempt, _FIRST_DELAY, _LONGEST_DELAY)
            self.queues.delay(self.queue_url, record["receiptHandle"], max(1, round(wait)))
            return False
        log.info("handled", consumer=self.consumer, what=what, attempt=attempt)
        return True

    def _give_up(self, record: Mapping[str, Any], attempt: int, tenant: str, why: str) -> None:
        log.error("quarantined", consumer=self.consumer, why=why, attempt=attempt)
        entry = Quarantined(
            id=entry_id(record["messageId"], self.consumer),
            tenant=tenant,
            event_id=record["messageId"],
            event_type=self.consumer,
            consumer=self.consumer,
            node=None,
            error=why[:_EXPLAINED],
            attempts=attempt,
            at=iso(self.clock()),
            queue_url=self.queue_url,
            body=record["body"],
        )
        self.quarantine.add(entry)


def by_one(receiver: Callable[[], Receiver]) -> Callable[[dict[str, Any], Any], dict[str, Any]]:
    """The Lambda handler of a receiver that the first call makes."""

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        return receiver().receive(event)

    return handler
