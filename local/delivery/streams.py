"""Feeds functions from table streams: filtered, in order, with bounded retries."""

from __future__ import annotations

import json
import queue
import random
import threading
from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from local.blueprint import ACCOUNT, REGION
from local.delivery.filters import Filters
from local.delivery.invoking import Invoke, Report, failed_items, reports_failures
from local.lambda_host import InvocationResult, name_of
from local.provision.clients import aws

Record = dict[str, Any]

_FIRST_WAIT: Final = 0.2
_LONGEST_WAIT: Final = 5.0


class StreamPoller:
    """One event source mapping from a table's stream to a function; one shard, so in order."""

    def __init__(
        self,
        mapping: Mapping[str, Any],
        invoke: Invoke,
        report: Report,
        copies: Callable[[], int] = lambda: 1,
    ) -> None:
        """`copies` says how often a batch comes; twice is a checkpoint that was lost."""
        self._function = name_of(str(mapping["FunctionName"]))
        self._arn = str(mapping["EventSourceArn"])
        self.table = self._arn.split(":table/")[1].split("/")[0]
        self._batch = int(mapping.get("BatchSize", 100))
        self._attempts = int(mapping.get("MaximumRetryAttempts", 5)) + 1
        self._bisect = bool(mapping.get("BisectBatchOnFunctionError", False))
        self._partial = reports_failures(mapping)
        self._filters = Filters(mapping)
        destination = mapping.get("DestinationConfig", {}).get("OnFailure", {})
        self._dead_letters = destination.get("Destination")
        self._invoke = invoke
        self._report = report
        self._copies = copies
        self._records: queue.SimpleQueue[Record | None] = queue.SimpleQueue()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._poll, daemon=True, name=f"poll-{self.table}")

    def take(self, record: Record) -> None:
        """Notes a record; called by the writer, and therefore quick."""
        if self._filters.let_pass(record):
            self._records.put({**record, "eventSourceARN": self._arn})

    def start(self) -> None:
        """Begins to deliver."""
        self._thread.start()

    def close(self) -> None:
        """Stops; what was not delivered stays pending in the table."""
        self._closed.set()
        self._records.put(None)

    def join(self, seconds: float) -> None:
        """Waits for the delivery in hand."""
        self._thread.join(seconds)

    def _poll(self) -> None:
        while batch := self._next_batch():
            try:
                for _ in range(self._copies()):
                    self._deliver(batch)
            except Exception as error:  # a poller outlives whatever a delivery does
                if not self._closed.is_set():
                    self._report(self._function, f"delivery failed: {error!r}")

    def _next_batch(self) -> list[Record]:
        """What waits, up to a batch; nothing once the poller is closed."""
        batch: list[Record] = []
        while not batch or (len(batch) < self._batch and not self._records.empty()):
            record = self._records.get()
            if record is None or self._closed.is_set():
                return []
            batch.append(record)
        return batch

    def _deliver(self, batch: list[Record]) -> None:
        waiting = deque([batch])
        while waiting and not self._closed.is_set():
            part = waiting.popleft()
            rest = self._try(part)
            # One bad record is found by halving, so that the good ones beside it are not given up.
            if len(rest) > 1 and self._bisect:
                half = len(rest) // 2
                waiting.extendleft((rest[half:], rest[:half]))
            elif rest:
                self._retry(rest)

    def _try(self, batch: list[Record]) -> list[Record]:
        """Delivers once; what is left, from the first failure on, as a shard is read in order."""
        return self._left(batch, self._invoke(self._function, {"Records": batch}))

    def _left(self, batch: list[Record], result: InvocationResult) -> list[Record]:
        if result.failed and not self._closed.is_set():
            error = result.error()
            self._report(self._function, f"{error['errorType']}: {error['errorMessage']}")
        numbers = [record["dynamodb"]["SequenceNumber"] for record in batch]
        failed = failed_items(result, numbers, partial=self._partial)
        return batch[min(numbers.index(number) for number in failed) :] if failed else []

    def _retry(self, batch: list[Record]) -> None:
        """The attempts after the first one."""
        for attempt in range(1, self._attempts):
            if self._closed.wait(_wait(attempt)):
                return
            batch = self._try(batch)
            if not batch:
                return
        self._give_up(batch)

    def _give_up(self, batch: list[Record]) -> None:
        self._report(self._function, f"gave up {len(batch)} records of {self.table}")
        if not self._dead_letters:
            return
        name = str(self._dead_letters).rpartition(":")[2]
        url = aws("sqs").get_queue_url(QueueName=name)["QueueUrl"]
        body = json.dumps(self._failure(batch))
        aws("sqs").send_message(QueueUrl=url, MessageBody=body)

    def _failure(self, batch: list[Record]) -> dict[str, Any]:
        """AWS's record of a failed batch: where it is in the stream, never what is in it."""
        numbers = [record["dynamodb"]["SequenceNumber"] for record in batch]
        return {
            "version": "1.0",
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "requestContext": {
                "functionArn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{self._function}",
                "condition": "RetryAttemptsExhausted",
                "approximateInvokeCount": self._attempts,
            },
            "DDBStreamBatchInfo": {
                "streamArn": self._arn,
                "startSequenceNumber": numbers[0],
                "endSequenceNumber": numbers[-1],
                "batchSize": len(batch),
            },
        }


def _wait(attempt: int) -> float:
    bound: float = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** (attempt - 1))
    return random.uniform(bound / 2, bound)
