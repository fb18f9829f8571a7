"""DynamoDB on the laptop loses nothing; each test fails with moto as it comes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.platform.dynamo import DynamoTables
from shared.platform.tables import (
    Absent,
    Add,
    Delete,
    FieldIs,
    Present,
    Put,
    Query,
    TransactionRefusedError,
)

KEY = {"pk": {"S": "a"}, "sk": {"S": "b"}}


def _item(pk="a", sk="b", **more):
    return {"pk": {"S": pk}, "sk": {"S": sk}, **{k: {"S": v} for k, v in more.items()}}


def test_eight_threads_count_to_320(table):
    def add(_):
        table.update_item(
            TableName="t",
            Key=KEY,
            UpdateExpression="ADD n :one",
            ExpressionAttributeValues={":one": {"N": "1"}},
        )

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(320)))
    assert table.get_item(TableName="t", Key=KEY)["Item"]["n"] == {"N": "320"}


def test_puts_survive_cancelled_transactions_beside_them(table):
    # Looked up once: botocore makes these classes on first use, and not for two threads at a time.
    refusal = table.exceptions.TransactionCanceledException

    def put(number):
        table.put_item(TableName="t", Item=_item(f"p{number}"))

    def cancelled(_):
        never = {"TableName": "t", "Key": KEY, "ConditionExpression": "attribute_exists(pk)"}
        with pytest.raises(refusal):
            table.transact_write_items(
                TransactItems=[
                    {"Put": {"TableName": "t", "Item": _item("x", "y")}},
                    {"ConditionCheck": never},
                ]
            )

    with ThreadPoolExecutor(8) as pool:
        work = [pool.submit(put, n) for n in range(240)]
        work += [pool.submit(cancelled, n) for n in range(60)]
        for one in work:
            one.result()
    assert table.scan(TableName="t", Select="COUNT")["Count"] == 240


def test_a_cancelled_transaction_leaves_items_and_stream_as_they_were(table, local):
    table.put_item(TableName="t", Item=_item(v="old"))
    table.put_item(TableName="t", Item=_item("e", "f"))
    local.records.clear()
    update = {
        "TableName": "t", "Key": KEY, "UpdateExpression": "SET v = :v",
        "ExpressionAttributeValues": {":v": {"S": "new"}},
    }  # fmt: skip
    refused = {
        "TableName": "t",
        "Item": _item("e", "f"),
        "ConditionExpression": "attribute_not_exists(pk)",
    }
    with pytest.raises(table.exceptions.TransactionCanceledException):
        table.transact_write_items(
            TransactItems=[
                {"Update": update},
                {"Put": {"TableName": "t", "Item": _item("c", "d")}},
                {"Put": refused},
            ]
        )
    assert table.get_item(TableName="t", Key=KEY)["Item"]["v"] == {"S": "old"}
    assert "Item" not in table.get_item(TableName="t", Key={"pk": {"S": "c"}, "sk": {"S": "d"}})
    assert local.records == []


def test_stream_records_come_in_order_and_once(table, local):
    for sk in "abc":
        table.put_item(TableName="t", Item=_item(sk=sk))
    table.put_item(TableName="t", Item=_item(sk="c"))
    table.delete_item(TableName="t", Key=KEY)
    told = [(r["eventName"], r["dynamodb"]["Keys"]["sk"]["S"]) for r in local.records]
    assert told == [("INSERT", "a"), ("INSERT", "b"), ("INSERT", "c"), ("REMOVE", "b")]
    numbers = [int(r["dynamodb"]["SequenceNumber"]) for r in local.records]
    assert numbers == sorted(set(numbers))


def test_a_repeated_token_counts_once(table):
    add = {
        "TableName": "t", "Key": KEY, "UpdateExpression": "ADD n :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }  # fmt: skip
    for _ in range(2):
        table.transact_write_items(TransactItems=[{"Update": add}], ClientRequestToken="same")
    assert table.get_item(TableName="t", Key=KEY)["Item"]["n"] == {"N": "1"}


def test_queries_of_a_partition_and_of_an_index(table):
    for pk in "ab":
        for sk in "123":
            table.put_item(TableName="t", Item=_item(pk, sk, g=sk))
    tables = DynamoTables()
    by_key = tables.query(Query("t", ("pk", "a"), descending=True, limit=2))
    assert [i["sk"] for i in by_key.items] == ["3", "2"]
    rest = tables.query(Query("t", ("pk", "a"), descending=True, start=by_key.next_start))
    assert [i["sk"] for i in rest.items] == ["1"]
    assert {i["pk"] for i in tables.query(Query("t", ("g", "2"), index="by_g")).items} == {"a", "b"}
    assert tables.count(Query("t", ("pk", "a"), before="3")) == 2
    assert tables.count(Query("t", ("pk", "a"), prefix="1")) == 1


def test_the_port_of_tables_on_dynamodb(table):
    tables = DynamoTables()
    item = {"pk": "a", "sk": "b", "n": 1, "f": 0.5, "deep": {"list": [1, 2.5, "x", None, True]}}
    tables.transact([Put("t", item, Absent())])
    read = tables.get("t", {"pk": "a", "sk": "b"})
    assert read["n"] == 1
    assert isinstance(read["n"], int)
    assert float(read["f"]) == 0.5
    assert read["deep"]["list"][0] == 1
    with pytest.raises(TransactionRefusedError) as refused:
        tables.transact([Put("t", item, Absent(), label="mine")])
    assert refused.value.labels == {"mine"}
    tables.transact([Put("t", {**item, "n": 2}, FieldIs("n", 1))])
    tables.transact([Add("t", {"pk": "c", "sk": "d"}, "total", 3)])
    tables.transact([Delete("t", {"pk": "a", "sk": "b"}, Present())])
    assert tables.get("t", {"pk": "a", "sk": "b"}) is None
    tables.remove_fields("t", {"pk": "c", "sk": "d"}, ["total"])
    tables.remove_fields("t", {"pk": "no", "sk": "no"}, ["total"])
    assert tables.get("t", {"pk": "c", "sk": "d"}) == {"pk": "c", "sk": "d"}
    assert tables.get("t", {"pk": "no", "sk": "no"}) is None
