"""Looks for a credential everywhere it must not be, after workflows that used it and asked for it.

Servers that repeat it, runs that fail, templates that ask: definitions, compiled machines, records,
results, tables, logs and every answer of the API are searched for each form it could have.
"""

from __future__ import annotations

import asyncio
import base64
import json
import logging
from urllib.parse import quote

import pytest

from functions.workflow_loops.connection_services import build
from shared.connections.connections import Places
from shared.graph.asl.compiler import compile_flow
from shared.graph.errors import GraphError
from shared.identity.audit import Audit
from shared.nodes.ports import CONNECTIONS, HTTP
from shared.platform.http import CheckedHttp, Egress
from tests.engines.comparing import Durable, inline
from tests.fakes.connections import ConnectionWorld
from tests.fakes.graphs import REGISTRY, graph, node
from tests.fakes.node_ports import node_ports
from tests.unit.workflows.test_api import Api

SECRET = 'gr3p-"me/+\u00fc&='
FORMS = {
    SECRET, json.dumps(SECRET)[1:-1], quote(SECRET), quote(SECRET, safe=""), "gr3p",
    base64.b64encode(SECRET.encode()).decode(), base64.b64encode(f"jo:{SECRET}".encode()).decode(),
}  # fmt: skip
KINDS = {
    "header": {"kind": "api_key", "value": "gr3p-me"},
    "query": {"kind": "api_key", "place": "query", "key_name": "key", "value": SECRET},
    "basic": {"kind": "basic", "username": "jo", "password": SECRET},
    "bearer": {"kind": "bearer", "token": "gr3p-me"},
}
ASKING = [
    "{{ connections }}", "{{ connections.list() }}", "{{ env }}", "{{ env.AWS_SECRET_ACCESS_KEY }}",
    "{{ workflowenv }}", "{{ ports }}", "{{ context.ports }}", "{{ nodes }}", "{{ runtime }}",
    "{{ self.__init__.__globals__ }}", "{{ ''.__class__.__mro__ }}", "{{ config }}",
    "{{ data.connection }}", "{{ secrets }}", "${connections}", "{{ lipsum.__globals__ }}",
]  # fmt: skip


def found_in(text: str) -> list[str]:
    return [form for form in FORMS if form in text]


@pytest.fixture(autouse=True)
def _everything_is_logged(caplog):
    caplog.set_level(logging.DEBUG)


def flow(service, connection, asking=None):
    url = f"{service.url}/api"
    ask = {"connection": connection, "method": "POST", "body": "x"}
    return graph(
        [
            node("ask", "http-request", url=f"{url}/me", **ask),
            node("fails", "http-request", url=f"{url}/no", fail_on="status", **ask),
            node("gone", "http-request", url="http://127.0.0.1:9/", fail_on="transport", **ask),
            node("out", "set-fields", fields={"got": asking or "{{ nodes }}"}),
        ],
        "ask>out",
    )


@pytest.mark.parametrize("kind", KINDS)
def test_security_a_credential_is_in_no_definition_machine_record_or_log(
    world, service, kind, caplog, capfd
):
    made = world.add(KINDS[kind], service.host, "127.0.0.1:9")
    drawn = flow(service, made.id)

    def ports():
        return {**node_ports(), HTTP: world.http, CONNECTIONS: world.port()}

    once = asyncio.run(inline(drawn, {}, {}, REGISTRY, ports()))
    durable = Durable(drawn, registry=REGISTRY, ports=ports())
    machine = compile_flow(durable.flow.plan, granularity="node").definition
    asyncio.run(durable.interpret(machine, durable.start({}, {})))
    assert found_in(json.dumps([headers for _, headers in service.seen])) or kind == "query"
    assert len(service.seen) == 4  # ask and fails, on both engines; it did get there
    assert "***" in f"{once}"  # it came back
    everything = {
        "definition": json.dumps(drawn.as_json()),
        "machine": json.dumps(machine),
        "result": f"{once} {durable.report()}",
        "record": f"{durable.store._tables.items} {vars(durable.blobs)}",
        "tables": f"{world.tables.items}",
        "shown": f"{world.connections.list('acme')}",
        "log": caplog.text + "".join(capfd.readouterr()),
        "world": f"{world.sending!r} {world.port()!r}",
    }
    assert {where: found_in(text) for where, text in everything.items() if found_in(text)} == {}
    assert "HTTP401" in everything["result"]


@pytest.mark.parametrize("asking", ASKING)
def test_security_no_template_is_given_a_credential(world, service, asking, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    made = world.add(KINDS["bearer"], service.host)
    ports = {**node_ports(), HTTP: world.http, CONNECTIONS: world.port()}
    drawn = graph([node("out", "set-fields", fields={"got": asking})])
    done = asyncio.run(inline(drawn, {"connection": made.id}, {}, REGISTRY, ports))
    assert found_in(f"{done}") == []
    got = done["error"] or done["result"].get("got")
    assert got in (None, "", {}, made.id) or done["error"], got


def test_security_an_item_cannot_choose_a_connection(world, service):
    made = world.add(KINDS["bearer"], service.host)
    ports = {**node_ports(), HTTP: world.http, CONNECTIONS: world.port()}
    drawn = graph([
        node("it", "http-request", url=f"{service.url}/api/me", connection="{{ data.connection }}")
    ])  # fmt: skip
    with pytest.raises(GraphError, match="node 'it' is not ready: connection"):
        asyncio.run(inline(drawn, {"connection": made.id}, {}, REGISTRY, ports))
    assert service.seen == []


def test_security_an_item_cannot_send_the_credential_elsewhere(world, service):
    made = world.add(KINDS["bearer"], "api.example.com:1")
    ports = {**node_ports(), HTTP: world.http, CONNECTIONS: world.port()}
    drawn = graph([node("it", "http-request", url="{{ data.url }}", connection=made.id)])
    for url in (f"{service.url}/api/me", f"http://api.example.com:1@{service.host}/api/me"):
        done = asyncio.run(inline(drawn, {"url": url}, {}, REGISTRY, ports))
        assert "CredentialRefused" in str(done["error"])
    assert service.seen == []


@pytest.mark.parametrize("kind", KINDS)
def test_security_a_redirect_takes_no_credential_to_another_host(world, service, kind):
    """Also not to another port of the same machine, which here stands for the other host."""
    made = world.add(KINDS[kind], service.host)
    ports = {**node_ports(), HTTP: world.http, CONNECTIONS: world.port()}
    other = service.url.replace("127.0.0.1", "localhost")
    for where, known in ((f"{other}/api/open", False), ("/api/open", kind != "query")):
        service.seen.clear()
        drawn = graph([
            node("it", "http-request", url=f"{service.url}/to/", connection=made.id,
                 query_params={"where": where}),
        ])  # fmt: skip
        done = asyncio.run(inline(drawn, {}, {}, REGISTRY, ports))
        assert done["result"]["http_request"]["status"] == 200
        assert [path for path, _ in service.seen] == ["to/", "open"]
        assert bool(found_in(json.dumps(service.seen[1][1]))) is known
        assert found_in(f"{done}") == []


def test_security_no_answer_of_the_api_holds_a_credential(service, caplog, capfd):
    api, world = Api(), ConnectionWorld(CheckedHttp(Egress(private=True)), private=True)
    at = Places(world.tables, world.secrets, "workflows", "inbox", private=True, clock=world.clock)
    audit = Audit(world.tables, "audit", world.clock)
    api.app.state.connections = build(at, audit, api.app.state.services, world.http)
    body = {"name": "CRM", "hosts": [service.host], "test_url": f"{service.url}/api/me"}
    said = []
    for settings in KINDS.values():
        made = api("POST", "/connections/", json={**body, "settings": settings})
        where = f"/connections/{made.json()['id']}"
        drawn = flow(service, made.json()["id"]).as_json()
        workflow = api.create(definition=drawn)
        there = f"/workflows/{workflow['id']}"
        asks = [
            ("GET", "/connections/", None), ("GET", where, None), ("POST", f"{where}/test/", None),
            ("PUT", where, {**body, "settings": {**settings, "extra": SECRET}}),
            ("PUT", where, {**body, "settings": {**settings, "value": SECRET + "\n"}}),
            ("PUT", where, {**body, "hosts": [SECRET], "settings": settings}),
            ("GET", there, None), ("GET", f"{there}/validate/", None),
            ("POST", f"{there}/publish/", {}), ("GET", f"{there}/versions/1/", None),
            ("GET", f"{there}/diff/?old=1", None), ("DELETE", where, None),
        ]  # fmt: skip
        said += [made, *(api(method, path, json=given) for method, path, given in asks)]
    texts = [f"{one.request.url} {one.status_code} {one.headers} {one.text}" for one in said]
    assert [text for text in texts if found_in(text)] == []
    assert found_in(f"{world.tables.items}{caplog.text}{''.join(capfd.readouterr())}") == []
