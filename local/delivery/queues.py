"""Feeds functions from queues: batches, partial failures, bounded concurrency."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any, Final

from moto.sqs.models import sqs_backends

from local.blueprint import ACCOUNT, REGION
from local.delivery.invoking import Invoke, Report, failed_items, reports_failures
from local.lambda_host import name_of
from local.provision.clients import aws

_WAIT_SECONDS: Final = 0.5
"""How long an empty queue is waited at; a message that arrives ends the wait at once."""

_GROUP_SECONDS: Final = 0.1
"""How long a queue is left alone whose messages all wait for their group's turn."""


class QueuePoller:
    """One event source mapping from a queue to a function."""

    def __init__(self, mapping: Mapping[str, Any], invoke: Invoke, report: Report) -> None:
        self._function = name_of(str(mapping["FunctionName"]))
        self._arn = str(mapping["EventSourceArn"])
        self._batch = int(mapping.get("BatchSize", 10))
        self._invoke = invoke
        self._report = report
        self._closed = threading.Event()
        self._partial = reports_failures(mapping)
        self._concurrency = int(mapping.get("ScalingConfig", {}).get("MaximumConcurrency", 5))
        self._slots = threading.Semaphore(self._concurrency)
        self._queue = self._arn.rpartition(":")[2]
        self._url = aws("sqs").get_queue_url(QueueName=self._queue)["QueueUrl"]
        self._thread = threading.Thread(target=self._poll, daemon=True, name=f"poll-{self._queue}")

    def start(self) -> None:
        """Begins to poll."""
        self._thread.start()

    def close(self) -> None:
        """Stops polling; what is in hand stays in the queue until its visibility ends."""
        self._closed.set()

    def join(self, seconds: float) -> None:
        """Waits for the deliveries in hand."""
        until = time.monotonic() + seconds
        for _ in range(self._concurrency):
            self._slots.acquire(timeout=max(0.0, until - time.monotonic()))

    def _poll(self) -> None:
        while not self._closed.is_set():
            if not self._slots.acquire(timeout=1):
                continue
            try:
                messages = self._receive()
            except Exception as error:  # a poller outlives whatever a queue does
                messages = []
                if not self._closed.wait(1):
                    self._report(self._function, f"receiving failed: {error!r}")
            if not messages or self._closed.is_set():
                self._slots.release()
                continue
            # Daemons, so that a function that hangs does not keep the platform from ending.
            threading.Thread(
                target=self._handle, args=(messages,), daemon=True, name=self._function
            ).start()

    def _receive(self) -> list[dict[str, Any]]:
        # Waited for at the queue itself: a request that finds nothing costs a hundred times more.
        queue: Any = sqs_backends[ACCOUNT][REGION].get_queue(self._queue)
        queue.wait_for_messages(_WAIT_SECONDS)
        if self._closed.is_set() or not queue.messages:
            return []
        answer = aws("sqs").receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=min(self._batch, 10),
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        messages: list[dict[str, Any]] = answer.get("Messages", [])
        if not messages:
            # Those that are there wait for others of their group, which are in some hand.
            self._closed.wait(_GROUP_SECONDS)
        return messages

    def _handle(self, messages: list[dict[str, Any]]) -> None:
        try:
            event = {"Records": [self._record(message) for message in messages]}
            result = self._invoke(self._function, event)
            if self._closed.is_set() and result.failed:
                return
            if result.failed:
                error = result.error()
                self._report(self._function, f"{error['errorType']}: {error['errorMessage']}")
            ids = [message["MessageId"] for message in messages]
            failed = set(failed_items(result, ids, partial=self._partial))
            for message in messages:
                if message["MessageId"] not in failed:
                    aws("sqs").delete_message(
                        QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"]
                    )
        except Exception as error:  # a poller outlives whatever a delivery does
            if not self._closed.is_set():
                self._report(self._function, f"delivery failed: {error!r}")
        finally:
            self._slots.release()

    def _record(self, message: dict[str, Any]) -> dict[str, Any]:
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message.get("Attributes", {}),
            "messageAttributes": message.get("MessageAttributes", {}),
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": self._arn,
            "awsRegion": REGION,
        }
