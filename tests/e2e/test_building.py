"""Workflows are drawn, tried, called by webhook and moved, on the running platform."""

from __future__ import annotations

import json
import time

import pytest
import requests

from shared.workflows.webhooks.signatures import sign
from tests.e2e.workflows import Client, fork

pytestmark = pytest.mark.xdist_group("shared")


@pytest.fixture(scope="module")
def client(running):
    assert running.platform.ready.wait(60)
    made = Client(running)
    # Whoever tries a node waits for it: here the functions behind it start before.
    made.ended(made.begun(made.published(fork(engine="inline")), x=1))
    return made


def drawn(client, *types):
    """A workflow by seed 001's paths below /api: where it is, and its nodes."""
    made = client.post("/api/workflow/", name="Drawn", workflow_type="api")
    where, ids = f"/api/workflow/{made['id']}", []
    for kind, values in types:
        node = client.post(f"{where}/nodes/add/", nodeTemplate=kind, form_values=values)
        if ids:
            client.post(f"{where}/connections/add/", source=ids[-1], target=node["id"])
        ids.append(node["id"])
    return where, ids


def config(text):
    return {"output": {"text": text}, "overwrite": False}


def test_a_draft_is_drawn_tried_and_called(client):
    where, (first, second) = drawn(
        client, ("transform", config("{{ data.name }}!")),
        ("transform", config("{{ data.transform.text }}?")),
    )  # fmt: skip
    tried = client.post(f"{where}/execute_and_save_node/", node_id=first,
                        input_data={"name": "Ada"})  # fmt: skip
    assert tried["output"]["data"]["transform"] == {"text": "Ada!"}
    path = where.replace("/workflow/", "/workflows/")
    whole = client.post(f"{path}/development/run/", until=second)
    assert whole["output"]["transform_2"] == {"text": "Ada!?"}
    kept = client.at.get(f"{where}/nodes/{second}/output/")
    assert (kept["result"], kept["stale"]) == ({"text": "Ada!?"}, False)
    assert client.post(f"{where}/activate/")["status"] == "active"
    called = client.post(f"{where}/execute/", input={"name": "Bob"})
    assert called["output"]["transform_2"] == {"text": "Bob!?"}
    assert client.at.get(f"{where}/")["runs_count"] == 1


def test_a_node_type_runs_alone_with_a_session(client):
    body = {"form_data": {"max_value": 3}, "session_id": "s"}
    seen = [client.post("/nodes/counter/execute/", **body) for _ in range(2)]
    assert [one["output"]["data"]["counter"]["current"] for one in seen] == [0, 1]


def test_a_stranger_calls_a_webhook(client):
    body = {"text": "{{ data.webhook.data.body.name }}"}
    where, (hook, _) = drawn(
        client, ("webhook", {"webhook_id": "orders"}),
        ("http-response", {"status_code": 201, "body_source": "custom", "body_json": body}),
    )  # fmt: skip
    client.post(f"{where}/activate/")
    told = client.at.http.put(f"{client.at.url}{where}/webhook/{hook}/", json={"auth": "hmac"})
    url = f"{client.at.url}/webhooks/{told.json()['webhook_id']}/"
    secret = told.json()["secret"]
    payload, now = json.dumps({"name": "Ada"}).encode(), int(time.time())
    headers = {"webhook-id": "m1", "webhook-timestamp": str(now),
               "webhook-signature": sign(secret, "m1", now, payload)}  # fmt: skip
    stranger = requests.Session()
    called = stranger.post(url, data=payload, headers=headers, timeout=60)
    assert (called.status_code, called.json()) == (201, {"text": "Ada"})
    assert stranger.post(url, data=payload, timeout=60).status_code == 401
    unknown = url.replace(url.rstrip("/").rsplit("/", 1)[1], "nobody")
    assert stranger.post(unknown, data=payload, timeout=60).status_code == 404


def test_a_workflow_is_moved(client):
    where, _ = drawn(client, ("start", {}), ("http-request", {
        "url": "https://api.example.com/", "auth_type": "bearer", "token": "hunter2"}))  # fmt: skip
    workflow = where.rsplit("/", 1)[1]
    document = client.at.get(f"/export/{workflow}/")
    assert "hunter2" not in json.dumps(document)
    file = {"file": ("w.json", json.dumps(document).encode())}
    sent = client.at.http.post(f"{client.at.url}/import/file/", files=file, timeout=60)
    assert sent.status_code == 201, sent.text
    assert sent.json()["imported"][0]["needs"] == document["needs"]
