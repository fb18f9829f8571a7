"""DynamoDB streams: one record for every change that happened, in order."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError


def item(sk, **more):
    return {"pk": {"S": "a"}, "sk": {"S": sk}, **more}


def names(seamed):
    return [record["eventName"] for _, record in seamed.records]


def update(seamed, sk="x", **more):
    seamed.dynamodb.update_item(
        TableName="t", Key=item(sk), UpdateExpression="SET n = :n",
        ExpressionAttributeValues={":n": {"N": "1"}}, **more,
    )  # fmt: skip


def test_records_come_in_the_order_of_the_writes(seamed, at_once):
    seamed.table()
    at_once(lambda n: seamed.dynamodb.put_item(TableName="t", Item=item(f"{n:03}")), 80)
    numbers = [int(record["dynamodb"]["SequenceNumber"]) for _, record in seamed.records]
    assert len(numbers) == 80
    assert numbers == sorted(set(numbers))


def test_records_of_a_transaction_come_after_it_and_together(seamed):
    seamed.table()
    puts = [{"Put": {"TableName": "t", "Item": item(sk)}} for sk in "dacb"]
    seamed.dynamodb.transact_write_items(TransactItems=puts)
    keys = [record["dynamodb"]["Keys"]["sk"]["S"] for _, record in seamed.records]
    assert keys == list("dacb")


def test_insert_modify_remove(seamed):
    seamed.table()
    seamed.dynamodb.put_item(TableName="t", Item=item("x"))
    seamed.dynamodb.put_item(TableName="t", Item=item("x", n={"N": "1"}))
    seamed.dynamodb.delete_item(TableName="t", Key=item("x"))
    seamed.dynamodb.delete_item(TableName="t", Key=item("x"))
    assert names(seamed) == ["INSERT", "MODIFY", "REMOVE"]
    table, record = seamed.records[1]
    assert table == "t"
    assert record["eventSource"] == "aws:dynamodb"
    assert record["dynamodb"]["NewImage"] == item("x", n={"N": "1"})
    assert isinstance(record["dynamodb"]["ApproximateCreationDateTime"], int)


def test_a_write_that_changes_nothing_is_no_record(seamed):
    seamed.table()
    seamed.dynamodb.put_item(TableName="t", Item=item("x", n={"N": "1"}))
    seamed.dynamodb.put_item(TableName="t", Item=item("x", n={"N": "1"}))
    update(seamed)
    assert names(seamed) == ["INSERT"]


@pytest.mark.parametrize("in_transaction", [False, True])
def test_an_update_that_inserts_is_one_record_with_the_whole_image(seamed, in_transaction):
    seamed.table()
    if in_transaction:
        entry = {
            "TableName": "t", "Key": item("x"), "UpdateExpression": "SET n = :n",
            "ExpressionAttributeValues": {":n": {"N": "1"}},
        }  # fmt: skip
        seamed.dynamodb.transact_write_items(TransactItems=[{"Update": entry}])
    else:
        update(seamed)
    assert names(seamed) == ["INSERT"]
    assert seamed.records[0][1]["dynamodb"]["NewImage"] == item("x", n={"N": "1"})


def test_an_update_of_keys_only_is_one_insert(seamed):
    seamed.table()
    seamed.dynamodb.update_item(TableName="t", Key=item("x"))
    assert names(seamed) == ["INSERT"]


def test_a_record_does_not_change_after_it_was_told(seamed):
    seamed.table()
    update(seamed)
    seamed.dynamodb.update_item(
        TableName="t", Key=item("x"), UpdateExpression="SET n = :n",
        ExpressionAttributeValues={":n": {"N": "2"}},
    )  # fmt: skip
    assert seamed.records[0][1]["dynamodb"]["NewImage"]["n"] == {"N": "1"}


def test_a_failed_condition_is_no_record(seamed):
    seamed.table()
    with pytest.raises(ClientError):
        update(seamed, ConditionExpression="attribute_exists(pk)")
    assert seamed.records == []
    assert seamed.dynamodb.scan(TableName="t")["Count"] == 0


def test_an_update_that_fails_leaves_nothing_behind(seamed):
    seamed.table()
    with pytest.raises(ClientError):
        update_with_too_much(seamed)
    assert seamed.records == []
    assert seamed.dynamodb.scan(TableName="t")["Count"] == 0


@pytest.mark.parametrize("key", [{"pk": {"S": "a"}}, {"other": {"S": "a"}}])
def test_an_update_with_a_wrong_key_is_refused(seamed, key):
    seamed.table()
    with pytest.raises(ClientError, match="ValidationException"):
        seamed.dynamodb.update_item(
            TableName="t", Key=key, UpdateExpression="SET n = :n",
            ExpressionAttributeValues={":n": {"N": "1"}},
        )  # fmt: skip
    assert seamed.records == []


def update_with_too_much(seamed):
    seamed.dynamodb.update_item(
        TableName="t", Key=item("x"), UpdateExpression="SET n = :n",
        ExpressionAttributeValues={":n": {"S": "x" * 420_000}},
    )  # fmt: skip


def test_moto_delivers_no_record_itself(seamed):
    seamed.table()
    arn = seamed.dynamodb.describe_table(TableName="t")["Table"]["LatestStreamArn"]
    seamed.function("f")
    getattr(seamed, "lambda").create_event_source_mapping(
        FunctionName="f", EventSourceArn=arn, StartingPosition="LATEST"
    )
    seamed.dynamodb.put_item(TableName="t", Item=item("x"))
    assert seamed.invoked == []
    assert len(seamed.records) == 1
