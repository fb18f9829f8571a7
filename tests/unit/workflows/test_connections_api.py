"""The API of connections over HTTP, on fakes."""

from __future__ import annotations

import json

import pytest

from functions.workflow_loops.connection_services import build
from shared.connections.connections import Places
from shared.identity.audit import Audit
from shared.platform.http import HttpAnswer
from tests.fakes.ports import MovedClock
from tests.fakes.secrets import MemorySecrets
from tests.fakes.tables import MemoryTables
from tests.unit.workflows.test_api import Api

SECRET = "t0ken-of-them"
BODY = {
    "name": "Their CRM", "hosts": ["api.example.com"], "test_url": "https://api.example.com/me",
    "settings": {"kind": "bearer", "token": SECRET},
}  # fmt: skip
OAUTH = {
    "kind": "oauth2", "authorize_url": "https://id.example.com/authorize?tenant=x",
    "token_url": "https://id.example.com/token", "client_id": "me", "client_secret": SECRET,
    "scopes": ["read", "offline"],
}  # fmt: skip


class Server:
    def __init__(self):
        self.calls = []

    async def send(self, call):
        self.calls.append(call)
        told = {"access_token": "acc3ss", "token_type": "Bearer"} if call.method == "POST" else {}
        return HttpAnswer(200, {}, json.dumps(told).encode(), call.url, 1)


class ConnectionsApi(Api):
    def __init__(self):
        super().__init__()
        self.tables, self.secrets, self.clock = MemoryTables(), MemorySecrets(), MovedClock()
        self.server = Server()
        at = Places(self.tables, self.secrets, "workflows", "inbox", clock=self.clock)
        audit = Audit(self.tables, "audit", self.clock)
        self.app.state.connections = build(at, audit, self.app.state.services, self.server)

    def connect(self, **more):
        answer = self("POST", "/connections/", json={**BODY, **more})
        assert answer.status_code == 201, answer.text
        return answer.json()


@pytest.fixture
def api():
    return ConnectionsApi()


def test_a_connection_over_http(api):
    made = api.connect()
    where = f"/connections/{made['id']}"
    shown = api("GET", where)
    assert (shown.json(), shown.headers["etag"]) == (made, '"1"')
    body = {**BODY, "name": "New", "settings": {"kind": "bearer"}}
    changed = api("PUT", where, json=body, headers={"If-Match": '"1"'})
    assert (changed.json()["name"], changed.headers["etag"]) == ("New", '"2"')
    assert api("PUT", where, json=body, headers={"If-Match": '"1"'}).status_code == 412
    assert api("POST", f"{where}/test/").json()["works"] is True
    listed = api("GET", "/connections/", params={"kind": "bearer"}).json()["connections"]
    assert listed[0]["last_test"]["message"] == "the server accepted with status 200"
    assert api("GET", "/connections/", params={"kind": "basic"}).json()["connections"] == []
    assert api("DELETE", where).status_code == 204
    gone = api("GET", where)
    assert (gone.status_code, gone.json()["error_code"]) == (404, "CONNECTION_NOT_FOUND")
    assert api.secrets.values == {}


def test_the_forms_of_the_kinds(api):
    kinds = api("GET", "/connections/kinds/").json()["kinds"]
    assert set(kinds) == {"api_key", "basic", "bearer", "oauth2"}


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"hosts": ["*"]}, 400, "hosts.0"),
        ({"settings": {"kind": "bearer"}}, 422, "settings.token"),
        ({"settings": {"kind": "bearer", "token": f"{SECRET}\n"}}, 400, "settings.bearer.token"),
        ({"settings": {"kind": "bearer", "token": {"a": SECRET}}}, 400, "settings.bearer.token"),
        ({"test_url": "https://evil.example/"}, 422, "test_url"),
        ({"settings": {"kind": SECRET}}, 400, "settings"),
    ],
)
def test_what_is_wrong_is_named_without_the_secret(api, changes, status, field):
    answer = api("POST", "/connections/", json={**BODY, **changes})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (status, field)
    if changes.get("settings", {}).get("kind") != SECRET:
        assert SECRET not in answer.text


def test_one_that_a_workflow_names_is_not_deleted_unless_forced(api):
    made = api.connect()
    config = {"url": "https://api.example.com/", "connection": made["id"]}
    graph = {"nodes": [{"id": "ask", "type": "http-request", "config": config}], "edges": []}
    workflow = api.create(name="Asks", definition=graph)
    published = api("POST", f"/workflows/{workflow['id']}/publish/", json={})
    assert published.status_code == 201, published.text
    refused = api("DELETE", f"/connections/{made['id']}")
    assert (refused.status_code, refused.json()["workflows"]) == (409, ["Asks"])
    # The draft does without it, and the version that runs does not.
    graph["nodes"][0]["config"].pop("connection")
    api("PUT", f"/workflows/{workflow['id']}", json={"definition": graph})
    assert api("DELETE", f"/connections/{made['id']}").status_code == 409
    assert api("DELETE", f"/connections/{made['id']}?force=true").status_code == 204


def test_a_literal_secret_keeps_a_workflow_from_being_published(api):
    config = {"url": "https://a.example/", "auth_type": "bearer", "token": SECRET,
              "headers": {"Authorization": SECRET, "Accept": "a/b"}}  # fmt: skip
    graph = {"nodes": [{"id": "ask", "type": "http-request", "config": config}], "edges": []}
    where = f"/workflows/{api.create(definition=graph)['id']}"
    refused = api("POST", f"{where}/publish/", json={})
    assert refused.status_code == 422
    told = {one["field"]: one["fix"] for one in refused.json()["errors"]}
    fix = "add a connection for it and choose that in the field connection"
    assert told == {"ask.token": fix, "ask.headers.Authorization": fix}
    config |= {"token": "{{ data.token }}", "headers": {}}
    api("PUT", where, json={"definition": graph})
    assert api("POST", f"{where}/publish/", json={}).status_code == 201


def test_an_authorization_over_http(api):
    made = api.connect(settings=OAUTH)
    assert made["status"] == "unauthorized"
    where = f"/connections/{made['id']}"
    begun = api("POST", f"{where}/oauth2/start/").json()["authorization_url"]
    asked = dict(part.split("=") for part in begun.partition("?")[2].split("&"))
    assert begun.startswith("https://id.example.com/authorize?tenant=x&response_type=code")
    assert (asked["code_challenge_method"], asked["scope"]) == ("S256", "read+offline")
    back = {"state": asked["state"], "code": "c0de"}
    done = api("GET", "/connections/oauth2/callback", params=back, tenant="", role="")
    assert done.status_code == 200
    assert done.headers["referrer-policy"] == "no-referrer"
    assert api("GET", where).json()["status"] == "ready"
    again = api("GET", "/connections/oauth2/callback", params=back)
    assert (again.status_code, again.json()["error_code"]) == (400, "AUTHORIZATION_OVER")


@pytest.mark.parametrize("state", ["", "x", "acme.x", ".", "other.", "acme#connections.x"])
def test_security_a_state_that_nobody_was_given(api, state):
    answer = api("GET", "/connections/oauth2/callback", params={"state": state, "code": "c"})
    assert answer.status_code == 400
    assert api.server.calls == []


@pytest.mark.parametrize(
    ("method", "path", "role"),
    [
        ("GET", "/connections/", "user"),
        ("POST", "/connections/", "sales_rep"),
        ("PUT", "/connections/{id}/", "sales_rep"),
        ("DELETE", "/connections/{id}/", "sales_rep"),
        ("POST", "/connections/{id}/test/", "sales_rep"),
        ("POST", "/connections/{id}/oauth2/start/", "sales_rep"),
    ],
)
def test_what_a_role_may_not(api, method, path, role):
    made = api.connect()
    assert api(method, path.format(id=made["id"]), role=role, json=BODY).status_code == 403


def test_an_id_that_no_table_could_hold(api):
    for path in ("/connections/{}/", "/connections/buckets/{}/", "/settings/templates/{}/"):
        assert api("GET", path.format("x" * 2_000)).status_code == 400
    assert api("POST", f"/notices/{'x' * 2_000}/read/").status_code == 400
