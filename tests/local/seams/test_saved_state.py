"""What a snapshot keeps, over the seams' lock."""

from __future__ import annotations

import sys
import types

from local import state
from local.seams import saved_machines
from local.seams.state_lock import CHANGES


def item(sk, **more):
    return {"pk": {"S": "a"}, "sk": {"S": sk}, **more}


def test_tables_and_queues_come_back(seamed):
    seamed.table()
    seamed.table("gone")
    url = seamed.queue("q")
    full = {"n": {"N": "1"}, "b": {"B": b"\x00\xff"}, "l": {"L": [{"M": {"x": {"BOOL": True}}}]},
            "s": {"SS": ["a", "b"]}, "z": {"NULL": True}}  # fmt: skip
    seamed.dynamodb.put_item(TableName="t", Item=item("x", **full))
    attributes = {"trace": {"DataType": "String", "StringValue": "v"}}
    seamed.sqs.send_message(QueueUrl=url, MessageBody="waiting", MessageAttributes=attributes)
    saved = state.dump()
    seamed.dynamodb.delete_item(TableName="t", Key=item("x"))
    seamed.dynamodb.delete_table(TableName="gone")
    seamed.sqs.purge_queue(QueueUrl=url)
    told = len(seamed.records)
    assert state.load(saved) == ["gone"]
    found = seamed.dynamodb.get_item(TableName="t", Key=item("x"))["Item"]
    assert found == item("x", **full)
    [message] = seamed.sqs.receive_message(
        QueueUrl=url, MessageAttributeNames=["All"]
    )["Messages"]  # fmt: skip
    assert message["Body"] == "waiting"
    assert message["MessageAttributes"] == attributes
    assert len(seamed.records) == told


def test_a_message_in_hand_comes_back_with_its_count(seamed):
    url = seamed.queue("q")
    seamed.sqs.send_message(QueueUrl=url, MessageBody="x")
    seamed.sqs.receive_message(QueueUrl=url)
    saved = state.dump()
    seamed.sqs.purge_queue(QueueUrl=url)
    state.load(saved)
    [message] = seamed.sqs.receive_message(QueueUrl=url, AttributeNames=["All"])["Messages"]
    assert message["Attributes"]["ApproximateReceiveCount"] == "2"


def test_secrets_of_tenants_come_back_and_those_of_the_deployment_stay(seamed):
    secrets = seamed.secretsmanager
    secrets.create_secret(Name="cursor", SecretString="first")
    secrets.create_secret(Name="millrace/acme/llm/1/1", SecretString="a key")
    secrets.create_secret(Name="gone", SecretString="x")
    secrets.delete_secret(SecretId="gone", ForceDeleteWithoutRecovery=True)
    saved = state.dump()
    secrets.delete_secret(SecretId="millrace/acme/llm/1/1", ForceDeleteWithoutRecovery=True)
    secrets.put_secret_value(SecretId="cursor", SecretString="second")
    state.load(saved)
    found = {
        secret["Name"]: secrets.get_secret_value(SecretId=secret["Name"])["SecretString"]
        for secret in secrets.list_secrets()["SecretList"]
    }
    assert found == {"cursor": "second", "millrace/acme/llm/1/1": "a key"}


def test_only_changes_are_counted(seamed):
    seamed.table()
    url = seamed.queue("q")
    before = CHANGES.count
    seamed.dynamodb.get_item(TableName="t", Key=item("x"))
    seamed.dynamodb.scan(TableName="t")
    seamed.dynamodb.transact_get_items(
        TransactItems=[{"Get": {"TableName": "t", "Key": item("x")}}]
    )
    seamed.sqs.receive_message(QueueUrl=url)
    assert CHANGES.count == before
    seamed.dynamodb.put_item(TableName="t", Item=item("x"))
    seamed.sqs.send_message(QueueUrl=url, MessageBody="x")
    [message] = seamed.sqs.receive_message(QueueUrl=url)["Messages"]
    between = CHANGES.count
    assert between >= before + 3
    seamed.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert CHANGES.count > between


def test_an_interpreter_that_is_being_imported_is_none_yet(seamed, monkeypatch):
    half = types.ModuleType("moto.stepfunctions.parser.models")
    monkeypatch.setitem(sys.modules, half.__name__, half)
    assert saved_machines.dump() == []
