"""A patched moto in this process, for each test or for all of a module."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from local.provision.clients import aws
from tests.local.patched import Local, patched


@pytest.fixture
def local() -> Iterator[Local]:
    with patched() as world:
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
