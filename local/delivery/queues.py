"""Feeds functions from queues: batches, partial failures, bounded concurrency."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from local.delivery.invoking import Invoke, Report, failed_items
from local.provision.clients import aws

_WAIT_SECONDS: Final = 2
"""How long an empty queue is waited at; a message that arrives ends the wait at once."""


class QueuePoller:
    """One event source mapping from a queue to a function."""

    def __init__(self, mapping: Mapping[str, Any], invoke: Invoke, report: Report) -> None:
        self._function = str(mapping["FunctionName"]).rpartition(":")[2]
        self._arn = str(mapping["EventSourceArn"])
        self._batch = int(mapping.get("BatchSize", 10))
        self._invoke = invoke
        self._report = report
        self._closed = threading.Event()
        concurrency = int(mapping.get("ScalingConfig", {}).get("MaximumConcurrency", 5))
        self._slots = threading.Semaphore(concurrency)
        self._workers = ThreadPoolExecutor(concurrency, thread_name_prefix=self._function)
        queue = self._arn.rpartition(":")[2]
        self._url = aws("sqs").get_queue_url(QueueName=queue)["QueueUrl"]
        self._thread = threading.Thread(target=self._poll, daemon=True, name=f"poll-{queue}")

    def start(self) -> None:
        """Begins to poll."""
        self._thread.start()

    def close(self) -> None:
        """Stops polling; what is in hand stays in the queue until its visibility ends."""
        self._closed.set()
        self._workers.shutdown(wait=False, cancel_futures=True)

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
            self._workers.submit(self._handle, messages)

    def _receive(self) -> list[dict[str, Any]]:
        answer = aws("sqs").receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=min(self._batch, 10),
            WaitTimeSeconds=_WAIT_SECONDS,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        messages: list[dict[str, Any]] = answer.get("Messages", [])
        return messages

    def _handle(self, messages: list[dict[str, Any]]) -> None:
        try:
            event = {"Records": [self._record(message) for message in messages]}
            result = self._invoke(self._function, event)
            if result.failed:
                error = result.error()
                self._report(self._function, f"{error['errorType']}: {error['errorMessage']}")
            failed = set(failed_items(result, [m["MessageId"] for m in messages]))
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
            "awsRegion": "us-east-1",
        }
