"""What a rule matched, on its way into a queue."""

from __future__ import annotations

from typing import Any

from moto.sqs.exceptions import QueueDoesNotExist
from moto.sqs.models import sqs_backends

from local.blueprint import ACCOUNT, REGION
from local.delivery.invoking import Report


class BusDelivery:
    """Puts events into queues; one that cannot be reached gives way to the rule's dead letters."""

    def __init__(self, report: Report, *, duplicate: bool) -> None:
        self._report = report
        self._copies = 2 if duplicate else 1

    def __call__(self, queue_arn: str, body: str, dead_letters: str | None) -> None:
        """Delivers one event."""
        queues: Any = sqs_backends[ACCOUNT][REGION]
        for arn in (queue_arn, dead_letters):
            if arn is None:
                break
            try:
                for _ in range(self._copies):
                    # Straight into the queue: this runs inside the sender's own request.
                    queues.send_message(queue_name=arn.rpartition(":")[2], message_body=body)
                return
            except QueueDoesNotExist:
                self._report("bus", f"{arn} does not exist")
        self._report("bus", f"an event for {queue_arn} reached nobody")
