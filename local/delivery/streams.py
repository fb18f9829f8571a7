"""Feeds functions from table streams: filtered, in order, with bounded retries."""

from __future__ import annotations

import json
import queue
import random
import threading
from collections.abc import Mapping
from typing import Any, Final

from local.delivery.invoking import Invoke, Report, failed_items
from local.provision.clients import aws

Record = dict[str, Any]

_FIRST_WAIT: Final = 0.2
_LONGEST_WAIT: Final = 5.0


class StreamPoller:
    """One event source mapping from a table's stream to a function; one shard, so in order."""

    def __init__(self, mapping: Mapping[str, Any], invoke: Invoke, report: Report) -> None:
        self._function = str(mapping["FunctionName"]).rpartition(":")[2]
        self._arn = str(mapping["EventSourceArn"])
        self.table = self._arn.split(":table/")[1].split("/")[0]
        self._batch = int(mapping.get("BatchSize", 100))
        self._attempts = int(mapping.get("MaximumRetryAttempts", 5)) + 1
        filters = mapping.get("FilterCriteria", {}).get("Filters", [])
        self._filters = [json.loads(f["Pattern"]) for f in filters]
        destination = mapping.get("DestinationConfig", {}).get("OnFailure", {})
        self._dead_letters = destination.get("Destination")
        self._invoke = invoke
        self._report = report
        self._records: queue.SimpleQueue[Record | None] = queue.SimpleQueue()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._poll, daemon=True, name=f"poll-{self.table}")

    def take(self, record: Record) -> None:
        """Notes a record; called by the writer, and therefore quick."""
        if not self._filters or any(_matches(pattern, record) for pattern in self._filters):
            self._records.put({**record, "eventSourceARN": self._arn})

    def start(self) -> None:
        """Begins to deliver."""
        self._thread.start()

    def close(self) -> None:
        """Stops; what was not delivered stays pending in the table."""
        self._closed.set()
        self._records.put(None)

    def _poll(self) -> None:
        while not self._closed.is_set():
            first = self._records.get()
            if first is None:
                return
            batch = [first]
            while len(batch) < self._batch and not self._records.empty():
                more = self._records.get()
                if more is None:
                    return
                batch.append(more)
            self._deliver(batch)

    def _deliver(self, batch: list[Record]) -> None:
        for attempt in range(1, self._attempts + 1):
            result = self._invoke(self._function, {"Records": batch})
            numbers = [record["dynamodb"]["SequenceNumber"] for record in batch]
            failed = failed_items(result, numbers)
            if not failed:
                return
            # From the first failure on, as a shard is read in order.
            batch = batch[min(numbers.index(number) for number in failed) :]
            if self._closed.wait(_wait(attempt)):
                return
        self._give_up(batch)

    def _give_up(self, batch: list[Record]) -> None:
        self._report(self._function, f"gave up {len(batch)} records; the sweeper relays them")
        if self._dead_letters:
            name = str(self._dead_letters).rpartition(":")[2]
            url = aws("sqs").get_queue_url(QueueName=name)["QueueUrl"]
            keys = [record["dynamodb"]["Keys"] for record in batch]
            aws("sqs").send_message(QueueUrl=url, MessageBody=json.dumps({"keys": keys}))


def _wait(attempt: int) -> float:
    bound: float = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** (attempt - 1))
    return random.uniform(bound / 2, bound)


def _matches(pattern: Any, value: Any) -> bool:
    """The part of event filtering that stream mappings here use: values, `exists`, nesting."""
    if isinstance(pattern, Mapping):
        return all(
            _matches(part, value.get(name) if isinstance(value, Mapping) else None)
            for name, part in pattern.items()
        )
    return any(_matches_one(rule, value) for rule in pattern)


def _matches_one(rule: Any, value: Any) -> bool:
    if isinstance(rule, Mapping):
        if set(rule) != {"exists"}:
            raise ValueError(f"filter rule {rule} is not known here; add it in local/delivery")
        return bool(rule["exists"]) == (value is not None)
    return bool(rule == value)
