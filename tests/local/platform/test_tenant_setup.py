"""Connections and what else a tenant sets up, in moto's DynamoDB and Secrets Manager."""

from __future__ import annotations

import asyncio
import json

import pytest

from functions.workflow_loops.connection_ports import PortPlaces, tenant_ports
from local.provision.clients import aws
from shared.connections.connections import Connections, Places
from shared.connections.oauth2.access import Access
from shared.connections.oauth2.authorizing import Authorizing
from shared.connections.sending import Sending, Trying
from shared.identity.audit import Audit
from shared.nodes.files.tenant_buckets import BucketFields, TenantBuckets
from shared.nodes.messages.member_notices import MemberNotices
from shared.nodes.messages.opt_outs import OptOutList
from shared.nodes.messages.tenant_texts import TenantTexts, TextFields
from shared.nodes.ports import CONNECTIONS, EVENTS, STEPS
from shared.platform import aws as platform_aws
from shared.platform.dynamo import DynamoTables
from shared.platform.foreign_buckets import ForeignBuckets
from shared.platform.http import HttpAnswer, HttpCall
from shared.platform.secrets import AwsSecrets
from tests.fakes.connections import ADMIN, NamedUses, fields
from tests.fakes.ports import MemoryMail

INDEXED = {"pending": ("pending_pk", "pending_sk"), "correlation": ("correlation_pk",
                                                                    "correlation_sk")}  # fmt: skip


def make(name, sort=True, indexes=()):
    keys = ["pk", "sk"] if sort else ["pk"]
    pairs = [INDEXED[index] for index in indexes]
    named = {*keys, *(key for pair in pairs for key in pair)}
    schema = [{"AttributeName": k, "KeyType": t} for k, t in zip(keys, ("HASH", "RANGE"),
                                                                strict=False)]  # fmt: skip
    more = [
        {"IndexName": index, "Projection": {"ProjectionType": "ALL"}, "KeySchema": [
            {"AttributeName": pk, "KeyType": "HASH"}, {"AttributeName": sk, "KeyType": "RANGE"}]}
        for index, (pk, sk) in zip(indexes, pairs, strict=True)
    ]  # fmt: skip
    aws("dynamodb").create_table(
        TableName=name, KeySchema=schema, BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in sorted(named)],
        **({"GlobalSecondaryIndexes": more} if more else {}),
    )  # fmt: skip


@pytest.fixture
def tables(local):
    platform_aws._session.cache_clear()
    platform_aws.client.cache_clear()
    for name in ("workflows", "audit"):
        make(name)
    make("inbox", sort=False)
    make("crm", indexes=("pending", "correlation"))
    yield DynamoTables()
    platform_aws._session.cache_clear()
    platform_aws.client.cache_clear()


class Server:
    async def send(self, call):
        told = {"access_token": f"acc3ss-{call.method}", "expires_in": 100, "refresh_token": "r"}
        return HttpAnswer(200, {}, json.dumps(told).encode(), call.url, 1)


def test_a_connection_lives_and_dies(tables):
    secrets, http = AwsSecrets(), Server()
    at, audit = Places(tables, secrets, "workflows", "inbox"), Audit(tables, "audit")
    connections = Connections(at, audit, NamedUses())
    sending = Sending(at, Access(at, http))
    settings = {
        "kind": "oauth2", "authorize_url": "https://id.example.com/a", "client_id": "me",
        "token_url": "https://id.example.com/t", "client_secret": "s3cret", "scopes": ["a"],
    }  # fmt: skip
    made = connections.create(ADMIN, fields(settings, test_url="https://api.example.com/me"))
    authorizing = Authorizing(at, http, audit)
    address = authorizing.start(ADMIN, made.id, "https://crm.example/back")
    state = dict(part.split("=") for part in address.partition("?")[2].split("&"))["state"]
    assert asyncio.run(authorizing.finish(state, "code")) == "Their CRM"
    told = asyncio.run(Trying(at, connections, sending, http, audit).test(ADMIN, made.id))
    assert told.works
    renamed = connections.update(ADMIN, made.id, fields({**settings, "client_secret": None},
                                                        name="New"), 1)  # fmt: skip
    assert (renamed.status, renamed.last_test, renamed.version) == ("ready", told, 2)
    assert connections.list("acme") == [renamed]
    assert len(aws("secretsmanager").list_secrets()["SecretList"]) == 2
    connections.delete(ADMIN, made.id)
    assert aws("secretsmanager").list_secrets()["SecretList"] == []
    assert aws("dynamodb").scan(TableName="workflows")["Count"] == 0


def test_ports_of_a_tenant(tables):
    mail = MemoryMail()
    at = PortPlaces(
        tables, AwsSecrets(), ForeignBuckets(), lambda: mail, "workflows", "crm", "inbox", "audit",
        "workflows",
    )  # fmt: skip
    ports = tenant_ports(at, "acme", "w1", Server())
    assert [asyncio.run(ports[STEPS].next("n")) for _ in range(3)] == [0, 1, 2]
    emit = ports[EVENTS].emit
    ids = {asyncio.run(emit("lead.qualified", {"lead_id": "l", "score": 1}, "k")) for _ in range(2)}
    assert len(ids) == 1
    places = Places(tables, at.secrets, "workflows", "inbox")
    connections = Connections(places, Audit(tables, "audit"), NamedUses())
    made = connections.create(ADMIN, fields({"kind": "bearer", "token": "t0ken"}))
    call = HttpCall("GET", "https://api.example.com/")
    assert asyncio.run(ports[CONNECTIONS].send(made.id, call, Server())).status == 200


def test_lists_page_by_page(tables):
    audit = Audit(tables, "audit")
    opt_outs = OptOutList(tables, "workflows", audit)
    for name in "abc":
        opt_outs.add(ADMIN, f"{name}@example.com", "everything")
    first, before = opt_outs.page("acme", limit=2)
    rest, more = opt_outs.page("acme", limit=2, before=before)
    assert ([one.address[0] for one in (*first, *rest)], more) == (["c", "b", "a"], None)
    notices = MemberNotices(tables, "workflows")
    for number in (1, 2, 3, 3):
        notices.tell("acme", "jo", (f"N{number}", "", ""), f"key-{number}")
    told, more = notices.page("acme", "jo", limit=2)
    assert ([one.title for one in told], more) == (["N3", "N2"], True)
    last, more = notices.page("acme", "jo", limit=2, before=told[-1].id)
    assert ([one.title for one in last], more) == (["N1"], False)
    assert notices.read("acme", "jo", last[0].id).read
    texts = TenantTexts(tables, "workflows", audit)
    for name in ("a", "b"):
        texts.put(ADMIN, name, TextFields(body="x" * 90_000))
    assert [one.name for one in texts.list("acme")] == ["a", "b"]
    buckets = TenantBuckets(tables, "workflows", ForeignBuckets(), audit)
    role = "arn:aws:iam::111122223333:role/millrace-bucket-acme"
    buckets.add(ADMIN, BucketFields(name="acme-data", role=role))
    assert buckets.test(ADMIN, "acme-data").message.startswith("NoSuchBucket")
    assert [one.works for one in buckets.list("acme")] == [False]
