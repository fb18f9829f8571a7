"""The API of workflows over HTTP, on fakes."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from functions.web.limits import Limiter
from functions.workflow_loops.app import create_app
from functions.workflow_loops.services import build
from functions.workflow_loops.settings import WorkflowSettings
from shared.identity.audit import Audit
from shared.identity.rate_limits import RateLimits
from tests.fakes.counters import MemoryCounters
from tests.fakes.ports import MovedClock
from tests.fakes.tables import MemoryTables
from tests.unit.workflows.test_workflows import Blobs, definition


class Api:
    def __init__(self) -> None:
        tables, clock = MemoryTables(), MovedClock()
        self.app = create_app(WorkflowSettings())
        self.app.state.services = build(tables, Blobs(), "crm", "workflows", clock)
        self.app.state.audit = Audit(tables, "audit", clock)
        limits = RateLimits(MemoryCounters(), "inbox", clock)
        self.app.state.limiter = Limiter(limits, 10**9, 10**9)

    def __call__(
        self, method: str, path: str, *, tenant: str = "acme", role: str = "admin", **how: Any
    ) -> httpx.Response:
        context = {"tenant": tenant, "subject": "jo", "role": role}
        event = {"requestContext": {"requestId": "r", "authorizer": {"lambda": context}}}

        async def app(scope: Any, receive: Any, send: Any) -> None:
            await self.app({**scope, "aws.event": event}, receive, send)

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as it:
                return await it.request(method, path, **how)

        return asyncio.run(ask())

    def create(self, **more: Any) -> dict[str, Any]:
        body = {"name": "Greet", "definition": definition(), **more}
        answer = self("POST", "/workflows/", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()


@pytest.fixture
def api():
    return Api()


def test_a_workflow_over_http(api):
    made = api.create()
    where = f"/workflows/{made['id']}"
    shown = api("GET", where)
    assert shown.headers["etag"] == '"1"'
    assert shown.json()["definition"]["nodes"][1]["id"] == "greet"
    changed = api("PUT", where, json={"name": "New"}, headers={"If-Match": '"1"'})
    assert (changed.json()["name"], changed.headers["etag"]) == ("New", '"2"')
    stale = api("PUT", where, json={"name": "Mine"}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["current"]["name"]) == (412, "New")
    copy = api("POST", f"{where}/duplicate/")
    assert copy.json()["name"] == "New (Copy)"
    first = api("GET", "/workflows/", params={"limit": 1}).json()
    rest = api("GET", "/workflows/", params={"before": first["before"]}).json()
    names = [one["name"] for page in (first, rest) for one in page["workflows"]]
    assert (names, rest["before"]) == (["New (Copy)", "New"], None)
    assert api("DELETE", where).status_code == 204
    gone = api("GET", where)
    assert (gone.status_code, gone.json()["error_code"]) == (404, "WORKFLOW_NOT_FOUND")


def test_versions_over_http(api):
    where = f"/workflows/{api.create()['id']}"
    first = api("POST", f"{where}/publish/", json={"notes": "one"})
    assert (first.status_code, first.json()["version"]["number"]) == (201, 1)
    api("PUT", where, json={"definition": definition("Hello")})
    told = api("GET", f"{where}/diff/", params={"old": 1}).json()["differences"]
    assert [one["where"] for one in told] == ["node greet.config.output.text"]
    assert api("POST", f"{where}/publish/", json={}).json()["workflow"]["published"] == 2
    assert api("POST", f"{where}/rollback/", json={"number": 1}).json()["published"] == 1
    page = api("GET", f"{where}/versions/", params={"limit": 1}).json()
    assert ([v["number"] for v in page["versions"]], page["before"]) == ([2], 2)
    old = api("GET", f"{where}/versions/1/").json()
    assert old["definition"]["nodes"][1]["config"]["output"]["text"] == "{{ data.name }}"
    missing = api("POST", f"{where}/rollback/", json={"number": 9})
    assert missing.status_code == 404


def test_what_is_wrong_is_named_by_node_and_field(api):
    broken = definition("{{ data.")
    where = f"/workflows/{api.create(definition=broken)['id']}"
    found = api("GET", f"{where}/validate/").json()
    assert found["valid"] is False
    assert found["issues"][0]["node"] == "greet"
    refused = api("POST", f"{where}/publish/", json={})
    assert (refused.status_code, refused.json()["error_code"]) == (422, "VALIDATION_ERROR")
    assert refused.json()["errors"][0]["field"].startswith("greet.")
    assert api("POST", f"{where}/rollback/", json={"number": 1}).status_code == 409
    for body in ({"definition": {}}, {"name": ""}, {"name": "x", "no_such": 1}):
        assert api("POST", "/workflows/", json=body).status_code == 400
    unreadable = {"name": "x", "definition": {"nodes": [{"id": 7}]}}
    assert api("POST", "/workflows/", json=unreadable).status_code == 422


def test_many_at_once(api):
    ids = [api.create()["id"] for _ in range(3)]
    told = api("POST", "/workflows/bulk-delete/", json={"workflow_ids": [*ids[:2], "none"]})
    assert told.json() == {"message": "2 deleted", "deleted_count": 2, "failed_ids": ["none"]}


@pytest.mark.parametrize(
    ("method", "path", "role"),
    [
        ("POST", "/workflows/", "user"),
        ("PUT", "/workflows/{id}/", "user"),
        ("DELETE", "/workflows/{id}/", "sales_rep"),
        ("POST", "/workflows/{id}/publish/", "sales_rep"),
        ("POST", "/workflows/{id}/rollback/", "sales_rep"),
    ],
)
def test_what_a_role_may_not(api, method, path, role):
    made = api.create()
    answer = api(method, path.format(id=made["id"]), role=role, json={})
    assert answer.status_code == 403


def test_another_tenant_finds_nothing(api):
    where = f"/workflows/{api.create()['id']}"
    api("POST", f"{where}/publish/", json={})
    asks = [
        ("GET", where, None), ("PUT", where, {"name": "x"}), ("DELETE", where, None),
        ("POST", f"{where}/duplicate/", None), ("GET", f"{where}/validate/", None),
        ("POST", f"{where}/publish/", {}), ("POST", f"{where}/rollback/", {"number": 1}),
        ("GET", f"{where}/versions/", None), ("GET", f"{where}/versions/1/", None),
        ("GET", f"{where}/diff/?old=1", None),
    ]  # fmt: skip
    assert {api(m, p, tenant="other", json=b).status_code for m, p, b in asks} == {404}
    assert api("GET", "/workflows/", tenant="other").json()["workflows"] == []
