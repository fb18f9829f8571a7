"""Queues."""

from __future__ import annotations

from typing import Protocol

from shared.platform.aws import client


class Queues(Protocol):
    """The port to queues."""

    def send(self, queue_url: str, body: str) -> None:
        """Puts one message into a queue."""

    def delay(self, queue_url: str, receipt: str, seconds: int) -> None:
        """Hides a received message for a while before it comes again."""


class SqsQueues:
    """The port `Queues` on SQS."""

    def send(self, queue_url: str, body: str) -> None:
        """See `Queues.send`."""
        client("sqs").send_message(QueueUrl=queue_url, MessageBody=body)

    def delay(self, queue_url: str, receipt: str, seconds: int) -> None:
        """See `Queues.delay`."""
        client("sqs").change_message_visibility(
            QueueUrl=queue_url, ReceiptHandle=receipt, VisibilityTimeout=seconds
        )
