"""Every route and every way of an event once, so that each right of the roles is used."""

from __future__ import annotations

import base64
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from local.blueprint import ACCOUNT
from shared.events import EntityRef, Event
from shared.events.claims import Claims
from tests.connections.conftest import Service
from tests.e2e import outside
from tests.e2e.chatting import walk_chat
from tests.e2e.conftest import mailed, mails_to
from tests.e2e.walking import walk_workflows
from tests.e2e.walking_triggers import walk_triggers
from tests.e2e.walking_webhooks import walk_webhooks


def arn(role: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/{role}"


def use_everything(running, service: Service) -> None:
    """Walks every route and every way of an event once."""
    first, second = (running.create(name=f"Walker {n}", email="w@example.com") for n in range(2))
    running.eventually(lambda: running.completed(first["id"]), seconds=90)
    lead = f"{running.url}/leads/{first['id']}/"
    assert running.http.put(lead, json={"notes": "called"}).ok
    assert running.http.put(f"{lead}status/", json={"status": "Proposal sent", "card_order": 1}).ok
    assert "Interest" in running.get("/leads/", params={"limit": 1})
    timeline = running.get(f"/leads/{first['id']}/timeline/", params={"limit": 1})
    assert running.get(
        f"/leads/{first['id']}/timeline/", params={"limit": 1, "cursor": timeline["cursor"]}
    )["entries"]
    assert running.http.delete(f"{running.url}/leads/{second['id']}/").status_code == 204
    once = {"Idempotency-Key": "walk"}
    assert running.http.post(f"{running.url}/leads/", json={"name": "Once"}, headers=once).ok
    assert running.get("/pipelines/")["pipelines"]
    runs = running.eventually(lambda: running.get("/pipelines/lead_pipeline/runs/")["runs"])
    assert running.get(f"/pipelines/lead_pipeline/runs/{runs[0]['execution_id']}/")
    assert running.get(f"/trace/{runs[0]['execution_id']}/")["steps"]
    events_by_hand(running)
    accounts(running)
    public_form(running)
    import_files(running)
    events_and_replays(running, first["id"])
    quarantine_and_redrive(running, "process_lead", {"name": ["no", "name"]})
    quarantine_and_redrive(running, "user.created", {"user_id": ["no", "id"]})
    send(running, "LeadDaysConsumerQueue", "demo.website", {"name": ["no", "name"]})
    given_up = running.eventually(lambda: waiting(running), seconds=90)
    redrive(running, given_up[0]["id"])
    quarantine_and_redrive(running, "example_event", {"message": ["no", "text"]})
    walk_triggers(running)
    assert running.get("/events/metrics/")["flows"]
    outside.use_all(running, Path(tempfile.mkdtemp()))
    sweep(running, f"demo#lead#{first['id']}")
    seal_and_open(running)
    walk_webhooks(running)
    walk_workflows(running, service)
    large_events(running)
    walk_chat(running)


def events_by_hand(running) -> None:
    """Every way of an event that a caller says: at once, onto the platform, dry, one node alone."""
    lead = {"name": "By hand", "value": 60_000}

    def post(path: str, **body):
        answer = running.http.post(f"{running.url}{path}", json=body, timeout=30)
        assert answer.ok, answer.text
        return answer.json()

    done = post("/api/events/process/", event_type="process_lead", data=lead)
    assert done["status"] == "invoice_ready", done
    queued = post("/events/queue/", event_type="example_event", data={"by": "hand"})
    task = f"/events/tasks/{queued['task_id']}/"
    ended = running.eventually(
        lambda: found if (found := running.get(task))["status"] == "SUCCESS" else None
    )
    assert ended["results"]["example_pipeline"]["status"] == "success"
    asked = {**lead, "value": 1, "email": "dry@x.example"}
    dry = post("/pipelines/lead_pipeline/test/", data=asked)
    assert [entry["node"] for entry in dry["trace"]] == ["analyze", "decide", "respond"]
    assert dry["trace"][-1]["effects"][0]["to"] == "dry@x.example"
    for pipeline in running.get("/pipelines/")["pipelines"]:
        post(f"/pipelines/{pipeline['name']}/test/", data=asked)
        for node in pipeline["nodes"]:
            post(f"/pipelines/{pipeline['name']}/nodes/{node['name']}/test/", data=asked)
    assert post("/pipeline/test-lead/", **asked)["status"] == "completed"
    assert running.get("/pipelines/lead_pipeline/samples/")["samples"]
    assert not mails_to("dry@x.example")


def public_form(running) -> None:
    """A public key from its making to a lead, a refusal, and its end; the audit tells of it."""
    where = f"{running.url}/auth/public-keys/"
    made = running.http.post(where, json={"name": "Page", "purpose": "form"}).json()
    form = f"{running.url}/forms/{made['key']}/leads/"
    assert running.http.post(form, json={"name": "From a page"}).status_code == 201
    assert running.get("/auth/public-keys/")["public_keys"]
    assert running.http.delete(f"{where}{made['key']}/").ok
    assert running.http.post(form, json={"name": "Too late"}).status_code == 404
    scoped = {"name": "narrow", "scopes": ["tenant:view"]}
    key = running.http.post(f"{running.url}/auth/api-keys/", json=scoped).json()["key"]
    narrow = {"Authorization": f"Api-Key {key}"}
    for path in ("/leads/", "/auth/members/"):
        assert running.http.get(f"{running.url}{path}", headers=narrow).status_code == 403
    actions = [entry["action"] for entry in running.get("/auth/audit/")["entries"]]
    assert {"public_key.created", "public_key.revoked", "leads:view", "members:view"} <= set(
        actions
    )


def accounts(running) -> None:
    """A tenant from its founding, through an invitation, a role, a key, and a lost password."""
    password = {"password": "Correct-horse-7"}

    def post(path: str, authorization: str = "", **body):
        headers = {"Authorization": authorization} if authorization else {}
        answer = requests.post(f"{running.url}{path}", json=body, headers=headers, timeout=30)
        assert answer.ok, answer.text
        return answer.json() if answer.content else {}

    told = post("/auth/register/", email="walker@acme.example", **password)
    admin = f"Bearer {told['access_token']}"
    post("/auth/invitations/", admin, email="second@acme.example")
    invitation = mailed("second@acme.example")
    user = post("/auth/invitations/accept/", token=invitation, name="Second", **password)
    key = post("/auth/api-keys/", admin, name="k", scopes=["leads:view"])["key"]
    for given in (admin, f"Api-Key {key}"):
        answer = requests.get(f"{running.url}/leads/", headers={"Authorization": given}, timeout=30)
        assert answer.ok
    member = f"{running.url}/auth/members/{user['id']}/"
    assert requests.delete(member, headers={"Authorization": admin}, timeout=30).ok
    post("/auth/refresh/", refresh=told["refresh_token"])
    post("/auth/forgot-password/", email="walker@acme.example")
    reset = {"token": mailed("walker@acme.example"), "new_password": "Another-horse-9"}
    post("/auth/reset-password/", **reset)
    second_factor(running, told["access_token"])
    body = {"email": "walker@acme.example", "password": "Another-horse-9"}
    assert requests.post(f"{running.url}/auth/login/", json=body, timeout=30).status_code == 401
    post("/auth/login/", **body, code="123456")


def second_factor(running, token: str) -> None:
    """What an app for codes does with its user's token."""
    users = running.aws("cognito-idp")
    users.associate_software_token(AccessToken=token)
    users.verify_software_token(AccessToken=token, UserCode="123456")
    wanted = {"Enabled": True, "PreferredMfa": True}
    users.set_user_mfa_preference(AccessToken=token, SoftwareTokenMfaSettings=wanted)


def import_files(running) -> None:
    """An upload, one into a folder of nobody, and one whose object is not there."""
    platform, s3, sqs = running.platform, running.aws("s3"), running.aws("sqs")
    bucket = platform.deployment.name("ImportBucket")
    for folder in ("demo", "nobody"):
        s3.put_object(Bucket=bucket, Key=f"{folder}/walk.csv", Body=b"name\nWalker\n")
    gone = {"bucket": {"name": bucket}, "object": {"key": "demo/gone.csv", "version-id": "gone"}}
    event = {"id": "1", "source": "aws.s3", "detail-type": "Object Created", "detail": gone}
    url = sqs.get_queue_url(QueueName=platform.deployment.name("LeadImportQueue"))["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps(event))
    role = arn("LeadImportImporterFunctionRole")
    running.eventually(lambda: not platform.access.unused(role), seconds=90)
    sqs.purge_queue(QueueUrl=url)


def seal_and_open(running) -> None:
    """A key that relay and sweeper find, one that the sweeper makes, and events that are opened."""
    key_id, when = running.platform.deployment.attribute("DataKeysKey", "Ref"), "2099"
    made = running.aws("kms").generate_data_key(
        KeyId=key_id, KeySpec="AES_256", EncryptionContext={"tenant": "walked"}
    )
    encrypted = base64.b64encode(made["CiphertextBlob"]).decode()
    row = {"pk": "walked#data_keys", "sk": "1", "at": when, "encrypted": encrypted}
    put(running, "IdentityTable", row)
    for tenant in ("walked", "swept"):
        outbox_item(running, tenant, "a")
        sweep(running, f"{tenant}#contact#a")
    relayed = outbox_item(running, "walked", "b", pending_pk="pending#1", pending_sk="2020")
    running.eventually(lambda: "pending_pk" not in get(running, "CrmTable", relayed))
    asked = {"type": "lead.created", "personal": True}
    assert "[personal]" not in str(running.get("/events/", params=asked))


def outbox_item(running, tenant: str, name: str, **more: str) -> dict[str, str]:
    """What a function of ours would have written about a contact of a tenant; its key."""
    data = {"contact_id": name, "name": "Walker"}
    entity = EntityRef("contact", name)
    event = Event("contact.created", data, tenant=tenant, entity=entity, sequence=1)
    key = {"pk": f"{tenant}#contact#{name}", "sk": "event#000000000001"}
    put(running, "CrmTable", {**key, "event": event.to_wire(), "type": "contact.created", **more})
    return key


def put(running, table: str, item: dict[str, str]) -> None:
    typed = {name: {"S": value} for name, value in item.items()}
    running.aws("dynamodb").put_item(TableName=running.platform.table(table), Item=typed)


def get(running, table: str, key: dict[str, str]) -> dict:
    typed = {name: {"S": value} for name, value in key.items()}
    found = running.aws("dynamodb").get_item(TableName=running.platform.table(table), Key=typed)
    return found["Item"]


def large_events(running) -> None:
    """Data too large for the bus: left, listed, and fetched by each pipeline."""
    large = {"name": "Large", "notes": "x" * 200_000}
    body = {"type": "process_lead", "data": large}
    event_id = running.http.post(f"{running.url}/events/", json=body, timeout=30).json()["id"]
    queued = {"event_type": "example_event", "data": large}
    assert running.http.post(f"{running.url}/events/queue/", json=queued, timeout=30).ok
    asked = {"type": "process_lead", "limit": 200, "personal": True}
    running.eventually(lambda: event_id in str(running.get("/events/", params=asked)))
    data = {"user_id": "1", "email": "x" * 200_000, "name": "W", "role": "user", "tenant_name": "T"}
    blobs = S3OfTest(running, running.platform.deployment.name("EventsBucket"))
    event = Claims(blobs).keep(Event("user.created", data, tenant="demo", source="millrace.crm"))
    send(running, "UserPipelineQueue", "millrace.crm", event.wire())
    for name in ("Lead", "User", "Example"):
        role = arn(f"{name}PipelineStarterFunctionRole")
        running.eventually(lambda: "s3:GetObject" not in str(running.platform.access.unused(role)))  # noqa: B023


@dataclass
class S3OfTest:
    """The port `Blobs`, with the test's own credentials."""

    running: Any
    bucket: str

    def write(self, name: str, text: str) -> None:
        self.running.aws("s3").put_object(Bucket=self.bucket, Key=name, Body=text.encode())

    def read(self, name: str) -> str:
        raise NotImplementedError(name)


def sweep(running, partition: str) -> None:
    """An event whose relaying nobody wrote down: the sweeper relays it again."""
    key = {"pk": {"S": partition}, "sk": {"S": "event#000000000001"}}
    table = running.platform.table("CrmTable")
    running.aws("dynamodb").update_item(
        TableName=table,
        Key=key,
        UpdateExpression="SET pending_pk = :p, pending_sk = :s",
        ExpressionAttributeValues={":p": {"S": "pending#0"}, ":s": {"S": "2020"}},
    )

    def swept() -> bool:
        running.aws("lambda").invoke(FunctionName="SweeperFunction", Payload=b'{"grace": 0}')
        item = running.aws("dynamodb").get_item(TableName=table, Key=key)["Item"]
        return "pending_pk" not in item

    running.eventually(swept)


def events_and_replays(running, lead_id: str) -> None:
    """The log, a published event, a replay for each consumer, and a place that was lost."""
    body = {"type": "process_lead", "data": {"name": "Published"}}
    assert running.http.post(f"{running.url}/events/", json=body).status_code == 202
    assert running.get("/reports/leads/")["days"]
    assert not running.get(f"/leads/{lead_id}/rebuilt/")["differences"]
    asked = {"type": "lead.created", "limit": 1}
    first = running.eventually(lambda: running.get("/events/", params=asked)["events"])
    running.get("/events/", params={"since": first[0]["time"]})
    out_of_order(running, lead_id)
    window = {"since": "2020-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z"}
    told_to = (
        ("event_log", "lead.created"),
        ("lead_days", None),
        ("user_triggers", "lead.created"),
        ("webhooks", "lead.created"),
    )
    for consumer, kind in told_to:
        told = {"consumer": consumer, "type": kind, "per_second": 10, "effects": True, **window}
        path = f"/events/replays/{replayed(running, told)}/"
        running.eventually(
            lambda: running.get(path)["status"] == "done",  # noqa: B023
            seconds=90,
        )
    assert running.get("/events/replays/")["replays"]
    break_the_log(running)


def replayed(running, told: dict) -> str:
    answer = running.http.post(f"{running.url}/events/replays/", json=told)
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


def out_of_order(running, lead_id: str) -> None:
    """A consumer that lost its place meets the last event first: it waits, looks, and goes on."""
    platform = running.platform
    entries = running.events(lead_id)
    last = [e for e in entries if e["type"] == "lead.status_changed"][-1]
    order = {"pk": {"S": f"demo#order#lead_days#lead/{lead_id}"}, "sk": {"S": "position"}}
    dynamodb, table = running.aws("dynamodb"), platform.table("ProjectionsTable")

    def position() -> dict:
        return dynamodb.get_item(TableName=table, Key=order).get("Item", {})

    running.eventually(lambda: position().get("done", {}).get("N") == str(last["sequence"]))
    dynamodb.delete_item(TableName=table, Key=order)
    key = {"pk": {"S": f"demo#lead#{lead_id}"}, "sk": {"S": f"event#{last['sequence']:012d}"}}
    item = dynamodb.get_item(TableName=platform.table("CrmTable"), Key=key)["Item"]
    event = json.loads(item["event"]["S"])
    send(running, "LeadDaysConsumerQueue", event["source"], event)
    running.eventually(position, seconds=90)


def break_the_log(running) -> None:
    """A message that no bus sends: its id fits into no key, so the log asks for it again."""
    url = send(running, "EventLogConsumerQueue", "demo.website", {"name": "x"}, id="x" * 3_000)
    role = arn("EventLogConsumerFunctionRole")
    running.eventually(
        lambda: "sqs:ChangeMessageVisibility" not in str(running.platform.access.unused(role)),
        seconds=90,
    )
    running.aws("sqs").purge_queue(QueueUrl=url)


def send(running, queue: str, source: str, detail: dict, **other: str) -> str:
    """A message straight into a consumer's queue, as its rule would bring it; the queue's URL."""
    sqs = running.aws("sqs")
    body = {
        "id": "1", "source": source, "detail-type": detail.get("type", "process_lead"),
        "time": "2026-01-01T00:00:00Z", "detail": detail, **other,
    }  # fmt: skip
    url = sqs.get_queue_url(QueueName=running.platform.deployment.name(queue))["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps(body))
    return str(url)


def quarantine_and_redrive(running, event_type: str, detail: dict) -> None:
    """One event that nobody can take, sent again to each who wanted it, and given up."""
    entry = {
        "EventBusName": "millrace",
        "Source": "demo.website",
        "DetailType": event_type,
        "Detail": json.dumps(detail),
    }
    running.aws("events").put_events(Entries=[entry])
    found = running.eventually(lambda: all_waiting(running, event_type), seconds=90)
    for kept in found:
        redrive(running, kept["id"])


def redrive(running, entry_id: str) -> None:
    one = f"{running.url}/events/quarantine/{entry_id}/"
    assert running.http.get(one).ok
    assert running.http.post(f"{one}redrive/").status_code == 202
    running.eventually(
        lambda: running.get(f"/events/quarantine/{entry_id}/")["status"] == "quarantined",
        seconds=90,
    )
    assert running.http.delete(one).ok


def all_waiting(running, event_type: str) -> list[dict]:
    """The entries of an event, once everybody who hears it gave it up: two always do."""
    found = [entry for entry in waiting(running) if entry["event_type"] == event_type]
    return found if len(found) == 3 else []


def waiting(running) -> list[dict]:
    """What is in quarantine and was not given up."""
    entries = running.get("/events/quarantine/")["entries"]
    return [entry for entry in entries if entry["status"] == "quarantined"]
