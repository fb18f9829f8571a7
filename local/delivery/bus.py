"""What a rule matched, on its way into a queue."""

from __future__ import annotations

from local.delivery.invoking import Report
from local.provision.clients import aws


class BusDelivery:
    """Puts events into queues; one that cannot be reached gives way to the rule's dead letters."""

    def __init__(self, report: Report, *, duplicate: bool) -> None:
        self._report = report
        self._copies = 2 if duplicate else 1

    def __call__(self, queue_arn: str, body: str, dead_letters: str | None) -> None:
        """Delivers one event."""
        for arn in (queue_arn, dead_letters):
            if arn is None:
                break
            try:
                url = aws("sqs").get_queue_url(QueueName=arn.rpartition(":")[2])["QueueUrl"]
                for _ in range(self._copies):
                    aws("sqs").send_message(QueueUrl=url, MessageBody=body)
                return
            except aws("sqs").exceptions.QueueDoesNotExist:
                self._report("bus", f"{arn} does not exist")
        self._report("bus", f"an event for {queue_arn} reached nobody")
