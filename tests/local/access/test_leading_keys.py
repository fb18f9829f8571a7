"""Which partitions a call touches, and sessions that may touch one tenant's only."""

from __future__ import annotations

import json
from datetime import timedelta

import boto3
import pytest
from botocore.exceptions import ClientError

from local import seams
from local.access import Access
from local.access.calls import needs
from local.access.leading_keys import KEY
from local.seams import policies
from shared.platform.tenant_sessions import TenantSessions, session_policy

ROLE = "arn:aws:iam::123456789012:role/Runner"
TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/t"
ACTIONS = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:Query",
           "dynamodb:BatchGetItem", "dynamodb:Scan"]  # fmt: skip


def key(partition, sort="s"):
    return {"pk": {"S": partition}, "sk": {"S": sort}}


@pytest.mark.parametrize(
    ("operation", "params", "partitions"),
    [
        ("GetItem", {"Key": key("a")}, [("a",)]),
        ("PutItem", {"Item": {**key("a"), "x": {"N": "1"}}}, [("a",)]),
        ("Query", {"KeyConditionExpression": "#p = :p AND begins_with(#s, :s)",
                   "ExpressionAttributeNames": {"#p": "pk", "#s": "sk"},
                   "ExpressionAttributeValues": {":p": {"S": "a"}, ":s": {"S": "b"}}}, [("a",)]),
        ("Query", {"IndexName": "i", "KeyConditionExpression": "sk = :s AND board_pk = :p",
                   "ExpressionAttributeValues": {":p": {"S": "a"}, ":s": {"S": "b"}}}, [("a",)]),
        ("Scan", {}, [None]),
        ("BatchGetItem", {"RequestItems": {"t": {"Keys": [key("a"), key("b")]}}}, [("a", "b")]),
        ("BatchWriteItem", {"RequestItems": {"t": [{"PutRequest": {"Item": key("a")}},
                                                   {"DeleteRequest": {"Key": key("b")}}]}},
         [("a", "b")]),
        ("TransactWriteItems", {"TransactItems": [{"Put": {"TableName": "t", "Item": key("a")}},
                                                  {"Delete": {"TableName": "t", "Key": key("b")}}]},
         [("a",), ("b",)]),
    ],
)  # fmt: skip
def test_the_partitions_of_a_call(operation, params, partitions):
    found = needs("dynamodb", operation, {"TableName": "t", **params})
    assert [need.context.get(KEY) for need in found] == partitions


@pytest.mark.parametrize("tenant", ["", "*", "a*", "a?", "a#b", "${aws:username}"])
def test_no_session_for_what_could_stand_for_another_tenant(tenant):
    with pytest.raises(ValueError, match="no id of a tenant"):
        session_policy(tenant, [TABLE], ACTIONS)


@pytest.fixture
def judged(local):
    """Calls are judged, as on the running platform."""
    access = Access(policies.of_role, policies.of_resource, assumed=policies.assumed)
    seams.install(
        check=access.check,
        invoke=local.invoke,
        deliver=lambda *how: None,
        on_stream_record=lambda table, record: None,
    )
    return access


@pytest.fixture
def sessions(local, table):
    """Sessions of a role that may do everything with the table."""
    iam = boto3.client("iam")
    trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    iam.create_role(RoleName="Runner", AssumeRolePolicyDocument=_policy(trust))
    everything = {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}
    iam.put_role_policy(RoleName="Runner", PolicyName="Own", PolicyDocument=_policy(everything))
    return TenantSessions(ROLE, [TABLE], ACTIONS)


def _policy(statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _dynamodb(sessions, tenant):
    given = sessions.of(tenant)
    return boto3.client(
        "dynamodb", aws_access_key_id=given.key, aws_secret_access_key=given.secret,
        aws_session_token=given.token,
    )  # fmt: skip


def _refused(call, **parameters):
    with pytest.raises(ClientError) as raised:
        call(**parameters)
    assert raised.value.response["Error"]["Code"] == "AccessDeniedException"


def test_a_session_reaches_its_tenants_rows_and_no_others(judged, sessions):
    mine, theirs = _dynamodb(sessions, "acme"), _dynamodb(sessions, "acme2")
    mine.put_item(TableName="t", Item=key("acme#lead#1"))
    theirs.put_item(TableName="t", Item=key("acme2#lead#1"))
    assert mine.get_item(TableName="t", Key=key("acme#lead#1"))["Item"]
    of = {"KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": {"S": "acme"}}}
    assert mine.query(TableName="t", **of)["Count"] == 0
    for foreign in ("acme2#lead#1", "acme2", "acm", "user#x", "ACME#lead#1"):
        _refused(mine.get_item, TableName="t", Key=key(foreign))
        _refused(mine.put_item, TableName="t", Item=key(foreign))
        told = {"ExpressionAttributeValues": {":p": {"S": foreign}}}
        _refused(mine.query, TableName="t", KeyConditionExpression="pk = :p", **told)
    _refused(mine.scan, TableName="t")
    both = [key("acme#lead#1"), key("acme2#lead#1")]
    _refused(mine.batch_get_item, RequestItems={"t": {"Keys": both}})
    write = [{"Put": {"TableName": "t", "Item": one}} for one in both]
    _refused(mine.transact_write_items, TransactItems=write)
    _refused(mine.delete_item, TableName="t", Key=key("acme#lead#1"))


def test_a_session_that_ended_opens_nothing(judged, sessions):
    from moto.sts.models import sts_backends

    mine = _dynamodb(sessions, "acme")
    (session,) = sts_backends["123456789012"]["aws"].assumed_roles
    session.expiration -= timedelta(hours=1)
    _refused(mine.get_item, TableName="t", Key=key("acme#lead#1"))


def test_a_session_is_used_again_and_renewed_in_time(local, table):
    class Sts:
        asked = 0

        def assume_role(self, **told):
            self.asked += 1
            given = f"key-{self.asked}"
            return {"Credentials": {"AccessKeyId": given, "SecretAccessKey": "s",
                                    "SessionToken": "t"}}  # fmt: skip

    now, sts = [0.0], Sts()
    sessions = TenantSessions(ROLE, [TABLE], ACTIONS, lambda: now[0], lambda: sts)
    assert [sessions.of(t).key for t in ("a", "b", "a")] == ["key-1", "key-2", "key-1"]
    now[0] = 770
    assert sessions.of("a").key == "key-1"
    now[0] = 790
    assert sessions.of("a").key == "key-3"
