"""Webhooks over HTTP: made, called, protected, tried."""

from __future__ import annotations

import json

import pytest

from shared.workflows.webhooks.signatures import sign
from tests.unit.workflows.building import Api
from tests.unit.workflows.test_running import RESPONSE

HOOK = {"id": "in", "type": "webhook", "config": {"webhook_id": "orders"}}
AFTER = {"id": "out", "type": "transform",
         "config": {"output": {"got": "{{ data.webhook.data.body }}"}}}  # fmt: skip


class Hooks(Api):
    def hooked(self, *nodes, publish=True, **more):
        """A workflow that a webhook starts: where it is, and the path of its webhook."""
        nodes = [HOOK, *(nodes or [AFTER])]
        edges = [{"source": "in", "target": nodes[1]["id"]}]
        graph = {"nodes": nodes, "edges": edges, "settings": {"engine": "inline"}, **more}
        where = f"/workflow/{self.create(definition=graph)['id']}"
        if publish:
            self.post(where.replace("workflow", "workflows", 1) + "/publish/", {}, 201)
        (hook,) = self.get(f"{where}/webhook/")["webhooks"]
        return where, f"/webhooks/{hook['webhook_id']}/"

    def call(self, path, method="POST", **how):
        return self(method, path, tenant="", **how)

    def run(self, execution):
        """A run with what it got and gave."""
        header = self.world.ports.store.header("acme", execution)
        return dict(header.given), header.result


@pytest.fixture
def api():
    return Hooks()


def test_a_call_starts_a_run_that_stands_before_the_answer(api):
    where, hook = api.hooked()
    api.world.runs.holds = True
    called = api.call(f"{hook}?a=1", json={"order": 7}, headers={"Authorization": "Bearer x"})
    told = called.json()
    assert (called.status_code, told["status"], told["subscribers"]) == (202, "accepted", 1)
    (kept,) = api.get("/executions/")["executions"]
    assert (kept["execution_id"], kept["status"]) == (told["execution_id"], "running")
    assert kept["cause"] == {"kind": "webhook", "id": "in"}
    api.world.runs.let_go()
    given, result = api.run(told["execution_id"])
    assert result["got"] == {"order": 7}
    assert (given["query_params"], given["method"]) == ({"a": "1"}, "POST")
    assert "authorization" not in given["headers"]
    assert hook.split("/")[2] not in json.dumps(given)
    assert api.get(f"{where}/")["runs_count"] == 1


def test_no_id_can_be_guessed_and_none_lies_open(api):
    where, hook = api.hooked()
    secret = hook.split("/")[2]
    assert len(secret) == 32
    assert "orders" not in secret
    keys = [f"{item['pk']}{item['sk']}" for item in api.tables.all("workflows")]
    assert not any(secret in key for key in keys)
    assert api.get(f"{where}/webhook/")["webhooks"][0]["webhook_id"] == secret
    unknown = api.call("/webhooks/orders/", json={})
    assert (unknown.status_code, unknown.json()["error_code"]) == (404, "WEBHOOK_NOT_FOUND")


def test_the_address_outlives_publications_and_rollbacks(api):
    where, hook = api.hooked()
    body = {"id": "out", "type": "transform", "config": {"output": {"got": "new"}}}
    graph = {"nodes": [HOOK, body], "edges": [{"source": "in", "target": "out"}],
             "settings": {"engine": "inline"}}  # fmt: skip
    ours = where.replace("workflow", "workflows", 1)
    api("PUT", f"{ours}/", json={"definition": graph})
    assert api.run(api.call(hook, json=1).json()["execution_id"])[1]["got"] == 1
    api.post(f"{ours}/publish/", {}, 201)
    assert api.run(api.call(hook, json=1).json()["execution_id"])[1]["got"] == "new"
    api.post(f"{ours}/rollback/", {"number": 1})
    assert api.run(api.call(hook, json=1).json()["execution_id"])[1]["got"] == 1


def test_a_call_that_nothing_takes_is_refused(api):
    """Seed 001 answered 202 and lost it."""
    where, hook = api.hooked(publish=False)
    assert "not published" in api.call(hook, json={}).json()["detail"]
    api.post(f"{where}/activate/", None)
    assert api.call(hook, json={}).status_code == 202
    api.post(f"{where}/deactivate/", None)
    closed = api.call(hook, json={})
    assert (closed.status_code, closed.json()["error_code"]) == (409, "WEBHOOK_CLOSED")
    production, hook = api.hooked(type="production")
    assert "production" in api.call(hook, json={}).json()["detail"]
    api.world.publishers.gone.add("jo")
    _, hook = api.hooked()
    lost = api.call(hook, json={})
    assert (lost.status_code, "jo" in lost.text) == (409, False)
    api("DELETE", f"{production}/")
    before = len(api.get("/executions/")["executions"])
    where, hook = api.hooked()
    api("DELETE", f"{where}/")
    assert api.call(hook, json={}).status_code == 404
    assert len(api.get("/executions/")["executions"]) == before


def test_a_node_that_is_gone_answers_no_more(api):
    where, hook = api.hooked()
    api("DELETE", f"{where}/nodes/in/")
    assert api.call(hook, json={}).status_code == 202
    api.post(f"{where}/activate/", None)
    assert api.call(hook, json={}).status_code == 404


def test_the_same_call_again_starts_nothing_new(api):
    _, hook = api.hooked()
    for name in ("Idempotency-Key", "webhook-id"):
        told = [api.call(hook, json={"n": 1}, headers={name: f"m-{name}"}).json() for _ in "ab"]
        assert told[0] == told[1]
    other = api.call(hook, json={"n": 2}, headers={"webhook-id": "m-webhook-id"})
    assert other.status_code == 422
    _, second = api.hooked()
    again = api.call(second, json={"n": 1}, headers={"webhook-id": "m-webhook-id"})
    assert again.status_code == 202
    assert len(api.get("/executions/")["executions"]) == 3


def test_a_workflow_answers_by_itself(api):
    answer = {**RESPONSE, "config": {**RESPONSE["config"],
              "body_json": {"for": "{{ data.webhook.data.body.name }}"}}}  # fmt: skip
    _, hook = api.hooked(answer)
    raw = api.call(hook, json={"input": {"name": "Ada"}})
    assert (raw.status_code, raw.json()) == (418, {"for": "Ada"})


def test_a_stranger_is_not_told_why_a_run_failed(api):
    bad = {"id": "bad", "type": "condition", "config": {"expression": "data.secret.x == 1"}}
    nodes = [bad, {**RESPONSE}]
    edges = [{"source": "in", "target": "bad"},
             {"source": "bad", "target": "answer", "sourceHandle": "yes"}]  # fmt: skip
    _, hook = api.hooked(*nodes, edges=edges)
    failed = api.call(hook, json={})
    assert (failed.status_code, failed.json()["error_code"]) == (502, "RUN_FAILED")
    assert "secret" not in failed.text


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_any_method_calls(api, method):
    _, hook = api.hooked()
    called = api.call(hook, method, content=b"no json" if method != "GET" else None)
    given, _ = api.run(called.json()["execution_id"])
    assert given["method"] == method
    assert given["body"] == {}
    assert given.get("raw") == (None if method == "GET" else "no json")


def test_large_bodies_are_refused(api):
    _, hook = api.hooked()
    assert api.call(hook, content=b"x" * 20_001).status_code == 413


def test_a_webhook_is_called_at_its_own_rate(api):
    where, hook = api.hooked()
    api("PUT", f"{where}/webhook/in/", json={"per_minute": 2})
    codes = [api.call(hook, json={}).status_code for _ in range(3)]
    assert codes == [202, 202, 429]
    _, other = api.hooked()
    assert api.call(other, json={}).status_code == 202


def test_signed_calls_only(api):
    where, hook = api.hooked()
    made = api("PUT", f"{where}/webhook/in/", json={"auth": "hmac"}).json()
    assert made["secret"].startswith("whsec_")
    assert "secret" not in str(api.get(f"{where}/webhook/")["webhooks"][0].get("secret") or "")
    body, now = b'{"n": 1}', int(api.clock().timestamp())
    headers = {"webhook-id": "m", "webhook-timestamp": str(now),
               "webhook-signature": sign(made["secret"], "m", now, body)}  # fmt: skip
    called = api.call(hook, content=body, headers=headers)
    assert called.status_code == 202
    given, _ = api.run(called.json()["execution_id"])
    assert "webhook-signature" not in given["headers"]
    for wrong in ({}, {**headers, "webhook-id": "n"}):
        refused = api.call(hook, content=body, headers=wrong)
        assert (refused.status_code, refused.json()["error_code"]) == (401, "WEBHOOK_REFUSED")
    anew = api("PUT", f"{where}/webhook/in/", json={"auth": "hmac"}).json()
    assert anew["secret"] != made["secret"]
    assert len(api.secrets.values) == 1
    assert api.call(hook, content=body, headers={**headers, "webhook-id": "o"}).is_error
    api("PUT", f"{where}/webhook/in/", json={})
    assert api.secrets.values == {}


def test_a_signed_call_of_another_starts_nothing_when_it_is_sent_again(api):
    where, hook = api.hooked()
    secret = api("PUT", f"{where}/webhook/in/", json={"auth": "hmac"}).json()["secret"]
    body, now = b'{"n": 1}', int(api.clock().timestamp())

    def signed(name):
        signature = sign(secret, name, now, body)
        return {"webhook-id": name, "webhook-timestamp": str(now), "webhook-signature": signature}

    first = api.call(hook, content=body, headers=signed("m")).json()
    for more in ({}, {"Idempotency-Key": "new"}, {"Idempotency-Key": "newer"}):
        again = api.call(hook, content=body, headers={**signed("m"), **more})
        assert again.json() == first
    assert len(api.get("/executions/")["executions"]) == 1
    assert api.call(hook, content=body, headers=signed("")).status_code == 401


def test_keys_and_methods(api):
    where, hook = api.hooked()
    made = api("PUT", f"{where}/webhook/in/", json={"auth": "key", "methods": ["PUT"]}).json()
    rows = json.dumps(api.tables.all("workflows"), default=str)
    assert made["secret"] not in rows
    ok = api.call(hook, "PUT", json={}, headers={"X-Webhook-Key": made["secret"]})
    assert ok.status_code == 202
    assert made["secret"] not in json.dumps(api.run(ok.json()["execution_id"])[0])
    assert api.call(hook, "PUT", json={}).status_code == 401
    wrong = api.call(hook, json={}, headers={"X-Webhook-Key": made["secret"]})
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "PUT")


def test_one_call_is_shown_to_whoever_waits(api):
    where, hook = api.hooked(publish=False)
    assert api.call(f"{hook}test/", json={}).status_code == 409
    waiting = api.post(f"{where}/webhook/test/", {})["calls"][0]
    assert (waiting["state"], waiting["call"]) == ("waiting", None)
    assert api.call(f"{hook}test/", json={"n": 1}).status_code == 202
    assert api.call(f"{hook}test/", json={"n": 2}).status_code == 409
    (shown,) = api.get(f"{where}/webhook/test/")["calls"]
    assert (shown["state"], shown["call"]["body"]) == ("received", {"n": 1})
    assert api.get("/executions/")["executions"] == []
    api.clock.move(seconds=601)
    assert api.get(f"{where}/webhook/test/")["calls"] == []
    api.post(f"{where}/webhook/test/", {"node_id": "in"})
    api.clock.move(seconds=601)
    assert api.call(f"{hook}test/", json={}).status_code == 409
    assert api("POST", f"{where}/webhook/test/", json={"node_id": "x"}).status_code == 400


def test_another_tenant_and_roles(api):
    where, _ = api.hooked()
    asks = [("GET", "webhook", None), ("POST", "webhook/test", {}), ("GET", "webhook/test", None),
            ("PUT", "webhook/in", {})]  # fmt: skip
    for method, path, body in asks:
        at = f"{where}/{path}/"
        assert api(method, at, json=body, tenant="other").status_code == 404
        assert api(method, at, json=body, role="user").status_code == 403
    assert api("PUT", f"{where}/webhook/in/", json={}, role="sales_rep").status_code == 403
    assert api("PUT", f"{where}/webhook/none/", json={}).status_code == 404
