"""Counts what AWS would bill, at the local AWS: every request there, with who made it."""

from __future__ import annotations

import copy
import json
import math
import statistics
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Final

from moto.dynamodb.responses import DynamoHandler
from moto.events.responses import EventsHandler
from moto.stepfunctions.responses import StepFunctionResponse

from benchmarks.capacity import Index, read_units, size_of, write_units
from local.lambda_host import InvocationResult, LambdaHost
from local.platform import Platform
from local.provision.clients import aws

READS: Final = "DynamoDB read units"
WRITES: Final = "DynamoDB write units"
INVOCATIONS: Final = "Lambda requests"
SECONDS: Final = "Lambda GB-s"
QUEUE: Final = "SQS requests"
EVENTS: Final = "EventBridge events"
MACHINES: Final = "Express requests"
MACHINE_SECONDS: Final = "Express GB-s"
API: Final = "HTTP API requests"
SQS_REQUESTS_A_BATCH: Final = 2
"""The poller's receive and its delete; the rule sends each message by itself."""
_EXPRESS_GB: Final = 64 / 1024

Bill = Counter[str]
"""Units by their name."""


class Meter:
    """A running count, by the function that caused it."""

    def __init__(self) -> None:
        self._memory: dict[str, int] = {}
        self._fed_by_queue: set[str] = set()
        self._names: dict[str, str] = {}
        self._lock = threading.Lock()
        self._own = threading.local()
        self.bills: dict[str, Bill] = defaultdict(Counter)
        self.durations: dict[str, list[float]] = defaultdict(list)

    def know(self, platform: Platform) -> None:
        """Learns a platform's functions: their memory, their queues, their credentials."""
        wiring = platform.deployment.wiring
        for name, spec in wiring.functions.items():
            self._memory[name] = spec.memory
            key = platform.access.credentials(spec.role, spec.name)["AWS_ACCESS_KEY_ID"]
            self._names[key] = name
        self._fed_by_queue = {
            str(mapping["FunctionName"]).rpartition(":")[2]
            for mapping in wiring.mappings
            if ":sqs:" in mapping["EventSourceArn"]
        }

    def reset(self) -> None:
        """Forgets what was counted."""
        with self._lock:
            self.bills.clear()

    def total(self, *functions: str) -> Bill:
        """What the named functions caused, or all."""
        with self._lock:
            chosen = functions or tuple(self.bills)
            return sum((self.bills[name] for name in chosen), Counter())

    def by_function(self) -> dict[str, Bill]:
        """What each function caused."""
        with self._lock:
            return {name: Counter(bill) for name, bill in self.bills.items()}

    def seconds(self, function: str) -> float:
        """What a warm invocation of a function took on this machine, the median."""
        return statistics.median(self.durations[function])

    @contextmanager
    def invocations(self) -> Iterator[None]:
        """Counts invocations while it lasts, of platforms that start meanwhile."""
        stock = LambdaHost.invoke

        def invoke(host: LambdaHost, name: str, payload: bytes) -> InvocationResult:
            begun = time.perf_counter()
            result = stock(host, name, payload)
            self._invoked(name, payload, time.perf_counter() - begun)
            return result

        with _instead(LambdaHost, invoke=invoke):
            yield

    @contextmanager
    def requests(self) -> Iterator[None]:
        """Counts requests to AWS while it lasts, of a platform that runs already."""
        dynamo_stock, events_stock = DynamoHandler.call_action, EventsHandler.put_events
        machine_stock: Any = vars(StepFunctionResponse)["start_sync_execution"]

        def dynamo(handler: Any) -> Any:
            return self._dynamo(handler, dynamo_stock)

        def put_events(handler: Any) -> Any:
            entries = handler._get_param("Entries")
            chunks = sum(math.ceil(len(json.dumps(entry)) / 65536) for entry in entries)
            self._add(self._caller(handler), EVENTS, chunks)
            return events_stock(handler)

        def machine(handler: Any) -> Any:
            begun = time.perf_counter()
            answer = machine_stock(handler)
            tenths = math.ceil((time.perf_counter() - begun) * 10)
            self._add(self._caller(handler), MACHINES, 1)
            self._add(self._caller(handler), MACHINE_SECONDS, tenths / 10 * _EXPRESS_GB)
            return answer

        with (
            _instead(DynamoHandler, call_action=dynamo),
            _instead(EventsHandler, put_events=put_events),
            _instead(StepFunctionResponse, start_sync_execution=machine),
        ):
            yield

    def _invoked(self, name: str, payload: bytes, seconds: float) -> None:
        milliseconds = math.ceil(seconds * 1000)
        self.durations[name].append(seconds)
        self._add(name, INVOCATIONS, 1)
        self._add(name, SECONDS, milliseconds / 1000 * self._memory.get(name, 0) / 1024)
        if name in self._fed_by_queue:
            messages = len(json.loads(payload).get("Records", ()))
            self._add(name, QUEUE, messages + SQS_REQUESTS_A_BATCH)

    def _dynamo(self, handler: Any, stock: Any) -> Any:
        if getattr(self._own, "asks", False):
            return stock(handler)
        action, asked = handler._get_action(), copy.deepcopy(handler.params)
        written = list(_writes(action, asked))
        with self._asking():
            before = [_image(table, key) for table, key in written]
        answer = stock(handler)
        caller = self._caller(handler)
        with self._asking():
            after = [_image(table, key) for table, key in written]
            reads = _reads(action, asked)
        transaction = action.startswith("Transact")
        units = sum(
            write_units(old, new, indexes(table), transaction=transaction)
            for (table, _), old, new in zip(written, before, after, strict=True)
        )
        self._add(caller, READS, reads)
        self._add(caller, WRITES, units)
        return answer

    def _caller(self, handler: Any) -> str:
        return self._names.get(handler.get_access_key(), "the platform")

    def _add(self, caller: str, unit: str, amount: float) -> None:
        if amount:
            with self._lock:
                self.bills[caller][unit] += amount  # type: ignore[assignment]

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """What the meter itself reads is not counted."""
        self._own.asks = True
        try:
            yield
        finally:
            self._own.asks = False


@lru_cache(maxsize=32)
def _described(table: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = aws("dynamodb").describe_table(TableName=table)["Table"]
    return found


def indexes(table: str) -> list[Index]:
    """The secondary indexes of a table."""
    return [
        Index(tuple(part["AttributeName"] for part in index["KeySchema"]))
        for index in _described(table).get("GlobalSecondaryIndexes", [])
    ]


def _writes(action: str, asked: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Table and key of every item that a request writes."""
    if action == "TransactWriteItems":
        for part in asked["TransactItems"]:
            ((_, body),) = part.items()
            yield body["TableName"], _key(body)
    elif action in {"PutItem", "UpdateItem", "DeleteItem"}:
        yield asked["TableName"], _key(asked)


def _key(body: Mapping[str, Any]) -> Any:
    names = [part["AttributeName"] for part in _described(body["TableName"])["KeySchema"]]
    return body.get("Key") or {name: body["Item"][name] for name in names}


def _image(table: str, key: Any) -> Any:
    return aws("dynamodb").get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")


def _reads(action: str, asked: Mapping[str, Any]) -> float:
    consistent = bool(asked.get("ConsistentRead", False))
    if action == "GetItem":
        found = _image(asked["TableName"], asked["Key"])
        return read_units([size_of(found)] if found else [], consistent=consistent)
    if action != "Query":
        return 0
    whole = {name: value for name, value in asked.items() if name != "Select"}
    items = aws("dynamodb").query(**whole)["Items"]
    return read_units(map(size_of, items), consistent=consistent)


@contextmanager
def _instead(owner: Any, **methods: Any) -> Iterator[None]:
    before = {name: getattr(owner, name) for name in methods}
    for name, method in methods.items():
        setattr(owner, name, method)
    try:
        yield
    finally:
        for name, method in before.items():
            setattr(owner, name, method)
