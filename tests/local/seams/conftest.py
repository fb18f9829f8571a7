"""A local AWS with every seam in place, and what its hooks were told."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

import boto3
import pytest
from moto import mock_aws

from local import seams

INTERPRETED = {"stepfunctions": {"execute_state_machine": True}}


@lru_cache(maxsize=16)
def client(service: str) -> Any:
    """Made once for all tests: it keeps nothing, and making it takes longer than most of them."""
    return boto3.client(service, region_name="us-east-1")


class Local:
    """Clients of the local AWS, and what left it through the hooks."""

    def __init__(self) -> None:
        self.records: list[tuple[str, dict[str, Any]]] = []
        self.delivered: list[tuple[str, str, str | None]] = []
        self.invoked: list[tuple[str, bytes]] = []
        self.invoke: Callable[[str, bytes], tuple[bytes, bool, str]]
        self.invoke = lambda name, payload: (payload, False, "")
        self.refused: set[str] = set()
        self._role = ""

    def __getattr__(self, service: str) -> Any:
        return client(service.replace("_", "-"))

    def called(self, name: str, payload: bytes) -> tuple[bytes, bool, str]:
        self.invoked.append((name, payload))
        return self.invoke(name, payload)

    def deliver(self, arn: str, body: str, dead_letters: str | None) -> None:
        if arn in self.refused:
            raise RuntimeError("the queue is gone")
        self.delivered.append((arn, body, dead_letters))

    def table(self, name: str = "t", **more: Any) -> None:
        attributes = [{"AttributeName": n, "AttributeType": "S"} for n in ("pk", "sk")]
        if indexes := more.get("GlobalSecondaryIndexes"):
            names = [k["AttributeName"] for i in indexes for k in i["KeySchema"]]
            attributes += [{"AttributeName": n, "AttributeType": "S"} for n in names]
        self.dynamodb.create_table(
            TableName=name, BillingMode="PAY_PER_REQUEST", AttributeDefinitions=attributes,
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
            **more,
        )  # fmt: skip

    def queue(self, name: str, **attributes: str) -> str:
        return self.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]

    def role(self) -> str:
        if not self._role:
            made = self.iam.create_role(RoleName="role", AssumeRolePolicyDocument="{}")
            self._role = made["Role"]["Arn"]
        return self._role

    def function(self, name: str) -> str:
        return self.__getattr__("lambda").create_function(
            FunctionName=name, Runtime="python3.13", Role=self.role(), Handler="a.b",
            Code={"ZipFile": b"nothing"},
        )["FunctionArn"]  # fmt: skip


@pytest.fixture
def seamed() -> Iterator[Local]:
    before = dict(os.environ)
    seams.prepare_environment(port=1)
    found = Local()
    with mock_aws(config=INTERPRETED):
        seams.install(
            check=lambda key, service, wanted: None,
            invoke=found.called,
            deliver=found.deliver,
            on_stream_record=lambda table, record: found.records.append((table, record)),
        )
        yield found
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def interpreted(seamed: Local) -> Local:
    seams.install_interpreter(lambda role, session: {})
    return seamed


@pytest.fixture
def at_once() -> Iterator[Callable[[Callable[[int], Any], int], list[Any]]]:
    """Runs calls from eight threads that are interrupted as often as Python allows."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-4)

    def run(call: Callable[[int], Any], times: int) -> list[Any]:
        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(call, range(times)))

    yield run
    sys.setswitchinterval(interval)
