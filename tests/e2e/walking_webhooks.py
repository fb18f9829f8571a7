"""Every way of webhooks out once, so that each right of their roles is used."""

from __future__ import annotations

import json
from typing import Any

from local.blueprint import ACCOUNT
from tests.webhooks.receiver import Receiver


class Client:
    """A caller of the API."""

    def __init__(self, running: Any) -> None:
        self.at = running

    def sent(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """An answer that is one; of none, None."""
        where = f"{self.at.url}/webhook-endpoints{path}"
        answer = self.at.http.request(method, where, json=body, headers=headers, timeout=30)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def log(self, endpoint: str) -> list[dict[str, Any]]:
        """The deliveries of an endpoint."""
        return list(self.sent("GET", f"/{endpoint}/deliveries/")["deliveries"])


def walk_webhooks(running: Any) -> None:
    """Endpoints, deliveries of every end, a message that got lost, and a consumer that fails."""
    client = Client(running)
    with Receiver(500, 200) as receiver:
        body = {"url": receiver.url, "types": ["lead.created"]}
        endpoint = client.sent("POST", "/", body, **{"Idempotency-Key": "walk-hook"})["id"]
        running.create(name="Heard")
        running.eventually(
            lambda: [o["status"] for o in client.log(endpoint)] == ["delivered"], seconds=90
        )
        client.sent("PUT", f"/{endpoint}/", {**body, "headers": {"X-Token": "s3cr3t"}})
        client.sent("POST", f"/{endpoint}/rotate/")
        client.sent("GET", f"/{endpoint}/stats/")
        (found,) = client.log(endpoint)
        client.sent("GET", f"/deliveries/?event={found['event_id']}")
        lost(client, endpoint, found["id"])
        receiver.answers[:] = [410]
        client.sent("POST", f"/{endpoint}/test/")
        running.eventually(lambda: not client.sent("GET", f"/{endpoint}/")["enabled"])
        receiver.answers[:] = [200]
        client.sent("POST", f"/{endpoint}/enable/")
        made = client.sent("POST", f"/{endpoint}/recoveries/", {"since": found["created_at"]})
        where = f"/{endpoint}/recoveries/{made['id']}/"
        running.eventually(lambda: client.sent("GET", where)["status"] == "done")
        client.sent("DELETE", f"/{endpoint}/")
    assert client.sent("GET", "/")["endpoints"] == []
    broken(client)


def lost(client: Client, endpoint: str, delivery: str) -> None:
    """A delivery whose message nobody has: the sweeper sends another one."""
    key = {"pk": {"S": f"demo#deliveries#{endpoint}"}, "sk": {"S": delivery}}
    client.at.aws("dynamodb").update_item(
        TableName=client.at.platform.table("WebhooksTable"),
        Key=key,
        ConditionExpression="attribute_exists(pk)",
        UpdateExpression="SET due_pk = :p, due_sk = :s, looked_at = :s, #s = :w",
        ExpressionAttributeNames={"#s": "status"},
        ExpressionAttributeValues={
            ":p": {"S": "due#0"}, ":s": {"S": "2020"}, ":w": {"S": "waiting"},
        },
    )  # fmt: skip
    functions = client.at.aws("lambda")
    answer = functions.invoke(FunctionName="WebhooksSweeperFunction", Payload=b"{}")["Payload"]
    assert "sent" in json.loads(answer.read())
    client.at.eventually(
        lambda: [one["attempts"] for one in client.log(endpoint)] == [3], seconds=90
    )


def broken(client: Client) -> None:
    """An endpoint that cannot be read: the consumer gives its lease back, and tries again."""
    dynamodb, table = client.at.aws("dynamodb"), client.at.platform.table("WebhooksTable")
    key = {"pk": {"S": "demo#endpoints"}, "sk": {"S": "broken"}}
    dynamodb.put_item(TableName=table, Item=key)
    access = client.at.platform.access
    role = f"arn:aws:iam::{ACCOUNT}:role/WebhooksConsumerFunctionRole"
    client.at.create(name="Broken")
    client.at.eventually(
        lambda: "sqs:ChangeMessageVisibility" not in str(access.unused(role)), seconds=90
    )
    dynamodb.delete_item(TableName=table, Key=key)
