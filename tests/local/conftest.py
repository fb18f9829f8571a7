"""A patched moto in this process, with hooks that tests read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from local import seams
from local.provision.clients import aws


class Local:
    """What the seams told, and how functions answer."""

    def __init__(self) -> None:
        self.records: list[dict[str, Any]] = []
        self.delivered: list[tuple[str, str, str | None]] = []
        self.functions: dict[str, Any] = {}

    def invoke(self, name: str, payload: bytes) -> tuple[bytes, bool, str]:
        return self.functions[name](payload)


@pytest.fixture
def local() -> Iterator[Local]:
    world = Local()
    seams.prepare_environment(0)
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        aws.cache_clear()
        seams.install(
            check=lambda key, service, wanted: None,
            invoke=world.invoke,
            deliver=lambda *how: world.delivered.append(how),
            on_stream_record=lambda table, record: world.records.append(record),
        )
        seams.install_interpreter(lambda role, session: {})
        yield world


@pytest.fixture
def table(local: Local) -> Any:
    aws("dynamodb").create_table(
        TableName="t",
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "g")
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by_g",
                "KeySchema": [
                    {"AttributeName": "g", "KeyType": "HASH"},
                    {"AttributeName": "sk", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    return aws("dynamodb")
