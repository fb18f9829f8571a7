"""Queues."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Final, Protocol

from shared.platform.aws import client
from shared.platform.backoff import delays

_MOST_MESSAGES: Final = 10
_MOST_BYTES: Final = 250_000
_ATTEMPTS: Final = 4


class QueueBusyError(Exception):
    """A queue refused messages at every attempt."""


class Queues(Protocol):
    """The port to queues."""

    def send(self, queue_url: str, body: str, after: int = 0) -> None:
        """Puts one message into a queue; nobody sees it before so many seconds, at most 900."""

    def send_all(self, queue_url: str, bodies: Sequence[str]) -> None:
        """Puts many messages into a queue; if it raises, some may be there."""

    def send_in_order(self, queue_url: str, body: str, group: str, once: str) -> None:
        """Puts a message into a FIFO queue: after those of its group, and one of a name."""

    def delay(self, queue_url: str, receipt: str, seconds: int) -> None:
        """Hides a received message for a while before it comes again."""


class SqsQueues:
    """The port `Queues` on SQS."""

    def send(self, queue_url: str, body: str, after: int = 0) -> None:
        """See `Queues.send`."""
        client("sqs").send_message(QueueUrl=queue_url, MessageBody=body, DelaySeconds=after)

    def send_all(self, queue_url: str, bodies: Sequence[str]) -> None:
        """See `Queues.send_all`; entries that fail are sent again, alone."""
        for chunk in _chunks(bodies):
            left = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(chunk)]
            for wait in (*delays(_ATTEMPTS, base=0.1, cap=2.0), None):
                answer = client("sqs").send_message_batch(QueueUrl=queue_url, Entries=left)
                refused = {entry["Id"] for entry in answer.get("Failed", ())}
                left = [entry for entry in left if entry["Id"] in refused]
                if not left:
                    break
                if wait is None:
                    raise QueueBusyError(f"{len(left)} messages could not be sent; try again")
                time.sleep(wait)

    def send_in_order(self, queue_url: str, body: str, group: str, once: str) -> None:
        """See `Queues.send_in_order`."""
        client("sqs").send_message(
            QueueUrl=queue_url,
            MessageBody=body,
            MessageGroupId=group,
            MessageDeduplicationId=once,
        )

    def delay(self, queue_url: str, receipt: str, seconds: int) -> None:
        """See `Queues.delay`."""
        client("sqs").change_message_visibility(
            QueueUrl=queue_url, ReceiptHandle=receipt, VisibilityTimeout=seconds
        )


def _chunks(bodies: Sequence[str]) -> Iterator[list[str]]:
    """As many together as SQS takes at once, by number and by size."""
    chunk: list[str] = []
    size = 0
    for body in bodies:
        weight = len(body.encode())
        if chunk and (len(chunk) == _MOST_MESSAGES or size + weight > _MOST_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(body)
        size += weight
    if chunk:
        yield chunk
