"""What a rule matched, on its way into a queue."""

from __future__ import annotations

from typing import Any

from moto.sqs.exceptions import QueueDoesNotExist
from moto.sqs.models import sqs_backends

from local.blueprint import ACCOUNT, REGION
from local.delivery.invoking import Report
from local.seams.state_lock import STATE_LOCK
from local.weakness import Weakness


class BusDelivery:
    """Puts events into queues; one that cannot be reached gives way to the rule's dead letters."""

    def __init__(self, report: Report, weakness: Weakness) -> None:
        self._report = report
        self._weakness = weakness

    def __call__(self, queue_arn: str, body: str, dead_letters: str | None) -> None:
        """Delivers one event."""
        queues: Any = sqs_backends[ACCOUNT][REGION]
        for arn in (queue_arn, dead_letters):
            if arn is None:
                break
            try:
                for _ in range(self._weakness.copies()):
                    self._send(queues, arn.rpartition(":")[2], body)
                return
            except QueueDoesNotExist:
                self._report("bus", f"{arn} does not exist")
        self._report("bus", f"an event for {queue_arn} reached nobody")

    def _send(self, queues: Any, name: str, body: str) -> None:
        with STATE_LOCK:  # nobody receives what is still to be delayed
            # Straight into the queue: this runs inside the sender's own request.
            message = queues.send_message(queue_name=name, message_body=body)
            if delay := self._weakness.delay():
                message.delayed_until += round(delay * 1000)
