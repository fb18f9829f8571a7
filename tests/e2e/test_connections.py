"""Connections on the running platform: kept, authorized and used, with each function's role."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.connections.conftest import CLIENT, SECRET, Service
from tests.e2e.conftest import Running, serving

pytestmark = pytest.mark.xdist_group("faults")


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with Service() as made:
        yield made


@pytest.fixture(scope="module")
def crm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    home: Path = tmp_path_factory.mktemp("home")
    with serving(home, private_connections=True) as platform:
        yield Running(platform)


def post(crm: Running, path: str, body: Any = None) -> Any:
    answer = crm.http.post(f"{crm.url}{path}", json=body, timeout=60)
    assert answer.ok, answer.text
    return answer.json()


def ran(crm: Running, workflow: str) -> Any:
    started = post(crm, f"/workflows/{workflow}/execute/", {})
    where = f"/executions/{started['execution_id']}/"

    def over() -> Any:
        found = crm.get(where)
        return found if found["status"] not in ("pending", "running", "waiting") else None

    return crm.eventually(over, 60)


def published(crm: Running, nodes: list[dict[str, Any]]) -> str:
    drawn = {"nodes": nodes, "edges": []}
    made = post(crm, "/workflows/", {"name": "Asks", "definition": drawn})
    post(crm, f"/workflows/{made['id']}/publish/", {})
    return str(made["id"])


def secrets(crm: Running) -> list[str]:
    listed = crm.aws("secretsmanager").list_secrets()["SecretList"]
    return [one["Name"] for one in listed if "/connections/" in one["Name"]]


def test_a_person_authorizes_and_a_run_uses_it(crm, service):
    settings = {
        "kind": "oauth2", "authorize_url": f"{service.url}/authorize", "client_id": CLIENT,
        "token_url": f"{service.url}/token", "client_secret": SECRET,
    }  # fmt: skip
    body = {"name": "Their CRM", "hosts": [service.host], "settings": settings,
            "test_url": f"{service.url}/api/me"}  # fmt: skip
    made = post(crm, "/connections/", body)
    where = f"/connections/{made['id']}"
    assert post(crm, f"{where}/test/")["works"] is False
    begun = post(crm, f"{where}/oauth2/start/")["authorization_url"]
    sent = httpx.get(begun, trust_env=False).headers["location"]
    assert sent.startswith(f"{crm.url}/connections/oauth2/callback?")
    page = httpx.get(sent, trust_env=False)  # the browser has no credentials of ours
    assert (page.status_code, "Connected" in page.text) == (200, True)
    assert httpx.get(sent, trust_env=False).status_code == 400
    assert post(crm, f"{where}/test/")["works"] is True
    config = {"url": f"{service.url}/api/me", "connection": made["id"], "fail_on": "status"}
    workflow = published(crm, [{"id": "ask", "type": "http-request", "config": config}])
    service.access.clear()  # the run finds its access refused, and renews it
    done = ran(crm, workflow)
    assert done["status"] == "completed", json.dumps(done)
    assert service.asked[-1]["grant_type"] == "refresh_token"
    shown = json.dumps(done)
    assert "***" in shown
    for word in (SECRET, "acc3ss-", "r3fresh-"):
        assert word not in shown
    refused = crm.http.delete(f"{crm.url}{where}/", timeout=30)
    assert (refused.status_code, refused.json()["workflows"]) == (409, ["Asks"])
    assert len(secrets(crm)) == 2
    assert crm.http.delete(f"{crm.url}{where}/?force=true", timeout=30).status_code == 204
    assert secrets(crm) == []
    assert ran(crm, workflow)["status"] == "failed"


def test_what_a_tenant_sets_up_is_there_for_its_runs(crm):
    said = {"subject": "Hello", "body": "Dear {{ data.values.name }}"}
    put = crm.http.put(f"{crm.url}/settings/templates/welcome/", json=said, timeout=30)
    assert put.ok, put.text
    post(crm, "/settings/opt-outs/", {"address": "bob@example.com"})
    me = crm.get("/auth/me/")
    mail = {"to": ["ada@example.com", "bob@example.com"], "template": "welcome",
            "values": {"name": "Ada"}}  # fmt: skip
    workflow = published(crm, [
        {"id": "mail", "type": "send-email", "config": mail},
        {"id": "tell", "type": "notify", "config": {"members": [me["id"]], "title": "Mailed"}},
        {"id": "say", "type": "emit-event",
         "config": {"event_type": "lead.rejected", "data": {"lead_id": "l1", "reason": "No"}}},
    ])  # fmt: skip
    done = ran(crm, workflow)
    assert done["status"] == "completed", json.dumps(done)
    assert [one["title"] for one in crm.get("/notices/")["notices"]] == ["Mailed"]
    assert "bob@example.com" in json.dumps(done)
