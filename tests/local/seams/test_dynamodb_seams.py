"""DynamoDB: threads, transactions, tokens, queries."""

from __future__ import annotations

import random

import pytest
from botocore.exceptions import ClientError

KEY = {"pk": {"S": "a"}, "sk": {"S": "b"}}
BOARD = {
    "IndexName": "board",
    "KeySchema": [
        {"AttributeName": "board_pk", "KeyType": "HASH"},
        {"AttributeName": "board_sk", "KeyType": "RANGE"},
    ],
    "Projection": {"ProjectionType": "ALL"},
}


def add_one(item=KEY):
    return {
        "TableName": "t", "Key": item, "UpdateExpression": "ADD n :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }  # fmt: skip


def check_fails():
    return {
        "TableName": "t", "Key": {"pk": {"S": "none"}, "sk": {"S": "none"}},
        "ConditionExpression": "attribute_exists(pk)",
    }  # fmt: skip


def put(sk, **more):
    return {"TableName": "t", "Item": {"pk": {"S": "a"}, "sk": {"S": sk}, **more}}


def test_no_addition_is_lost(seamed, at_once):
    seamed.table()
    at_once(lambda n: seamed.dynamodb.update_item(**add_one()), 320)
    item = seamed.dynamodb.get_item(TableName="t", Key=KEY)["Item"]
    assert item["n"]["N"] == "320"


def test_one_conditional_put_of_many_wins(seamed, at_once):
    seamed.table()

    def attempt(n):
        try:
            seamed.dynamodb.put_item(**put("one"), ConditionExpression="attribute_not_exists(pk)")
        except ClientError:
            return 0
        return 1

    assert sum(at_once(attempt, 40)) == 1


def test_a_cancelled_transaction_loses_nobody_elses_writes(seamed, at_once):
    seamed.table()

    def write(n):
        if n % 4:  # 240 of them
            seamed.dynamodb.put_item(**put(f"{n:03}"))
            return
        with pytest.raises(ClientError, match="TransactionCanceled"):
            seamed.dynamodb.transact_write_items(
                TransactItems=[{"Put": put(f"lost-{n}")}, {"ConditionCheck": check_fails()}]
            )

    at_once(write, 320)
    items = seamed.dynamodb.scan(TableName="t")["Items"]
    assert {i["sk"]["S"] for i in items} == {f"{n:03}" for n in range(320) if n % 4}


def test_a_cancelled_transaction_restores_all_that_it_changed(seamed):
    seamed.table()
    for sk in ("put", "update", "delete"):
        seamed.dynamodb.put_item(**put(sk, n={"N": "5"}))
    before = seamed.dynamodb.scan(TableName="t")["Items"]
    told = len(seamed.records)
    key = {"pk": {"S": "a"}}
    with pytest.raises(ClientError) as cancelled:
        seamed.dynamodb.transact_write_items(
            TransactItems=[
                {"Put": put("put", n={"N": "6"})},
                {"Put": put("new")},
                {"Update": add_one({**key, "sk": {"S": "update"}})},
                {"Update": add_one({"pk": {"S": "z"}, "sk": {"S": "upserted"}})},
                {"Delete": {"TableName": "t", "Key": {**key, "sk": {"S": "delete"}}}},
                {"ConditionCheck": check_fails()},
            ]
        )
    assert seamed.dynamodb.scan(TableName="t")["Items"] == before
    assert len(seamed.records) == told
    reasons = [r["Code"] for r in cancelled.value.response["CancellationReasons"]]
    assert reasons == ["None"] * 5 + ["ConditionalCheckFailed"]


def test_a_transaction_with_a_known_token_is_not_repeated(seamed):
    seamed.table()
    for _ in range(2):
        seamed.dynamodb.transact_write_items(
            TransactItems=[{"Update": add_one()}], ClientRequestToken="once"
        )
    assert seamed.dynamodb.get_item(TableName="t", Key=KEY)["Item"]["n"]["N"] == "1"


def test_a_cancelled_transaction_may_be_tried_again_with_its_token(seamed):
    seamed.table()
    request = {
        "TransactItems": [
            {"Update": add_one()},
            {"ConditionCheck": {**check_fails(), "Key": {"pk": {"S": "a"}, "sk": {"S": "gate"}}}},
        ],
        "ClientRequestToken": "again",
    }
    with pytest.raises(ClientError):
        seamed.dynamodb.transact_write_items(**request)
    seamed.dynamodb.put_item(**put("gate"))
    seamed.dynamodb.transact_write_items(**request)
    assert seamed.dynamodb.get_item(TableName="t", Key=KEY)["Item"]["n"]["N"] == "1"


def test_a_token_with_another_transaction_is_refused(seamed):
    seamed.table()
    how = {"ClientRequestToken": "mine"}
    seamed.dynamodb.transact_write_items(TransactItems=[{"Update": add_one()}], **how)
    with pytest.raises(ClientError, match="IdempotentParameterMismatch"):
        seamed.dynamodb.transact_write_items(TransactItems=[{"Put": put("other")}], **how)


def test_tokens_of_another_platform_are_forgotten(seamed):
    """The test before used this token, and its tables are gone."""
    seamed.table()
    seamed.dynamodb.transact_write_items(
        TransactItems=[{"Update": add_one()}], ClientRequestToken="mine"
    )
    assert "Item" in seamed.dynamodb.get_item(TableName="t", Key=KEY)


def pages(seamed, **how):
    found, start = [], {}
    while True:
        answer = seamed.dynamodb.query(TableName="t", Limit=7, **how, **start)
        found += [(i["pk"]["S"], i["sk"]["S"]) for i in answer["Items"]]
        if "LastEvaluatedKey" not in answer:
            return found
        start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


@pytest.mark.parametrize("forward", [True, False])
def test_queries_read_all_and_only_what_they_ask_for(seamed, forward):
    seamed.table(GlobalSecondaryIndexes=[BOARD])
    draw = random.Random(5)
    items = {(f"p{draw.randrange(3)}", f"s{draw.randrange(40):02}") for _ in range(90)}
    board = {}
    for pk, sk in items:
        extra = {}
        if draw.random() < 0.6:  # a sparse index
            board[pk, sk] = (f"b{draw.randrange(2)}", f"r{draw.randrange(20):02}")
            extra = {"board_pk": {"S": board[pk, sk][0]}, "board_sk": {"S": board[pk, sk][1]}}
        key = {"pk": {"S": pk}, "sk": {"S": sk}}
        seamed.dynamodb.put_item(TableName="t", Item={**key, **extra})
    how = {"ScanIndexForward": forward, "ExpressionAttributeValues": {":p": {"S": "p1"}}}
    found = pages(seamed, KeyConditionExpression="pk = :p", **how)
    assert found == sorted((k for k in items if k[0] == "p1"), reverse=not forward)
    how["ExpressionAttributeValues"] = {":p": {"S": "b1"}, ":r": {"S": "r05"}}
    condition = "board_pk = :p AND board_sk >= :r"
    found = pages(seamed, IndexName="board", KeyConditionExpression=condition, **how)
    expected = [k for k, (b, r) in board.items() if b == "b1" and r >= "r05"]
    assert sorted(found) == sorted(expected)
    ranks = [board[k][1] for k in found]
    assert ranks == sorted(ranks, reverse=not forward)


@pytest.mark.parametrize("index", [None, "board"])
def test_a_query_walks_only_its_partition(seamed, index):
    """Counted, not timed: items of other partitions are neither sorted nor compared by range."""
    from moto.dynamodb.models.table import Table

    seamed.table(GlobalSecondaryIndexes=[BOARD])
    for n in range(60):
        board = {"board_pk": {"S": f"p{n % 20}"}, "board_sk": {"S": str(n)}}
        item = {"pk": {"S": f"p{n % 20}"}, "sk": {"S": str(n)}, **board}
        seamed.dynamodb.put_item(TableName="t", Item=item)
    walked = []
    seam = Table.all_items
    Table.all_items = lambda self: walked.append(seam(self)) or walked[-1]
    try:
        how = {"IndexName": index} if index else {}
        condition = f"{'board_pk' if index else 'pk'} = :p"
        values = {":p": {"S": "p3"}}
        pages(seamed, KeyConditionExpression=condition, ExpressionAttributeValues=values, **how)
    finally:
        Table.all_items = seam
    assert [len(items) for items in walked] == [3]
