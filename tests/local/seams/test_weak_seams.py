"""Seams of `--weak`: lost answers, throttling, indexes that lag."""

from __future__ import annotations

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local import seams
from local.provision.clients import aws
from local.weakness import Fault


@pytest.fixture
def weak(local):
    """What the next calls meet, and how far indexes are behind."""

    class Weak:
        faults: list[Fault] = []
        lag = 0.0

    weak = Weak()
    weak.faults = []
    seams.weaken(
        draw=lambda key: weak.faults.pop(0) if weak.faults else Fault.NONE, lag=lambda: weak.lag
    )
    yield weak
    seams.strengthen()


@pytest.mark.parametrize(
    ("fault", "acted"),
    [(Fault.THROTTLED, False), (Fault.UNAVAILABLE, False), (Fault.ANSWER_LOST, True)],
)
def test_the_client_of_aws_tries_again(weak, table, fault, acted):
    weak.faults = [fault]
    item = {"pk": {"S": "a"}, "sk": {"S": "b"}}
    condition = {"ConditionExpression": "attribute_not_exists(pk)"}
    if acted:  # the second attempt finds what the first one wrote
        with pytest.raises(ClientError, match="ConditionalCheckFailed"):
            aws("dynamodb").put_item(TableName="t", Item=item, **condition)
    else:
        aws("dynamodb").put_item(TableName="t", Item=item, **condition)
    assert not weak.faults
    assert aws("dynamodb").get_item(TableName="t", Key=item)["Item"] == item


@pytest.mark.parametrize("service", ["dynamodb", "iam", "s3", "sqs", "sns", "secretsmanager"])
@pytest.mark.parametrize("fault", [Fault.THROTTLED, Fault.UNAVAILABLE, Fault.ANSWER_LOST])
def test_every_service_says_so_in_its_own_language(weak, service, fault):
    ask = {"dynamodb": "list_tables", "iam": "list_roles", "s3": "list_buckets",
           "sns": "list_topics", "sqs": "list_queues"}  # fmt: skip
    client = boto3.client(service, config=Config(retries={"max_attempts": 0}))
    weak.faults = [fault]
    with pytest.raises(ClientError, match="drawn by --weak"):
        getattr(client, ask.get(service, "list_secrets"))()
    assert not weak.faults
    getattr(client, ask.get(service, "list_secrets"))()


def test_a_transaction_with_a_lost_answer_happens_once(weak, table):
    weak.faults = [Fault.ANSWER_LOST]
    key = {"pk": {"S": "a"}, "sk": {"S": "b"}}
    add = {
        "Update": {
            "TableName": "t",
            "Key": key,
            "UpdateExpression": "ADD n :one",
            "ExpressionAttributeValues": {":one": {"N": "1"}},
        }
    }
    aws("dynamodb").transact_write_items(TransactItems=[add])
    assert aws("dynamodb").get_item(TableName="t", Key=key)["Item"]["n"] == {"N": "1"}


def _of_index() -> list[str]:
    answer = aws("dynamodb").query(
        TableName="t",
        IndexName="by_g",
        KeyConditionExpression="g = :g",
        ExpressionAttributeValues={":g": {"S": "x"}},
    )
    return [item["v"]["S"] for item in answer["Items"]]


def _put(version: str, group: str = "x") -> None:
    item = {"pk": {"S": "a"}, "sk": {"S": "b"}, "g": {"S": group}, "v": {"S": version}}
    aws("dynamodb").put_item(TableName="t", Item=item)


def test_an_index_knows_later(weak, table):
    _put("old")
    weak.lag = 60.0
    _put("new")
    assert _of_index() == ["old"]
    _put("newest", group="y")
    assert _of_index() == ["old"], "the oldest picture stays until the newest is known"
    key = {"pk": {"S": "a"}, "sk": {"S": "b"}}
    assert aws("dynamodb").get_item(TableName="t", Key=key)["Item"]["v"] == {"S": "newest"}
    aws("dynamodb").delete_item(TableName="t", Key=key)
    assert _of_index() == ["old"]
    seams.strengthen()
    assert _of_index() == []


def test_an_item_is_unknown_at_first_and_known_in_the_end(weak, table):
    weak.lag = 0.2
    _put("new")
    assert _of_index() == []
    import time

    time.sleep(0.25)
    assert _of_index() == ["new"]


def test_a_write_that_failed_changes_no_index(weak, table):
    _put("old")
    weak.lag = 60.0
    with pytest.raises(ClientError):
        aws("dynamodb").delete_item(
            TableName="t",
            Key={"pk": {"S": "a"}, "sk": {"S": "b"}},
            ConditionExpression="attribute_not_exists(pk)",
        )
    assert _of_index() == ["old"]
