"""Workflows as documents: taken out without credentials, put in from every format."""

from __future__ import annotations

import json

import pytest

from tests.unit.workflows.building import Api
from tests.unit.workflows.test_workflows import definition

CALL = {
    "id": "call", "type": "http-request",
    "config": {
        "url": "https://api.example.com/?q={{ data.q }}", "auth_type": "bearer",
        "token": "hunter2-a", "headers": {"Authorization": "hunter2-b", "Accept": "text/plain",
                                          "X-Api-Key": "{{ workflowenv.KEY }}"},
    },
}  # fmt: skip
SECRETIVE = {
    "nodes": [{"id": "start", "type": "start"}, CALL],
    "edges": [{"source": "start", "target": "call"}],
    "env": {"STRIPE_SECRET": "hunter2-c", "REGION": "eu", "MAX_TOKEN": 7},
    "variables": {"deep": [{"password": "hunter2-d"}]},
}


@pytest.fixture
def api():
    return Api()


def test_nothing_secret_is_taken_out(api):
    made = api.create(definition=SECRETIVE, tags=["a"])
    found = api("GET", f"/export/{made['id']}/")
    assert "hunter2" not in found.text
    assert found.headers["content-disposition"].endswith('.json"')
    told = found.json()
    assert (told["format"], told["version"], told["name"]) == ("millrace.workflow", 1, "Greet")
    assert {(need["kind"], need["node"], need["field"]) for need in told["needs"]} == {
        ("secret", "", "env.STRIPE_SECRET"), ("secret", "", "variables.deep.0.password"),
        ("secret", "call", "token"), ("secret", "call", "headers.Authorization"),
    }  # fmt: skip
    assert told["definition"]["env"]["REGION"] == "eu"
    config = told["definition"]["nodes"][1]["config"]
    assert config["headers"]["X-Api-Key"] == "{{ workflowenv.KEY }}"
    assert config["token"] == {"$needs": {"kind": "secret", "node": "call", "field": "token"}}


def test_lists_within_lists_are_refused(api):
    one = {"format": "millrace.workflow", "version": 1, "name": "x", "definition": {"nodes": []}}
    many = {"format": "millrace.workflows", "version": 1, "workflows": [one] * 2}
    deep = many
    for _ in range(20):
        deep = {**many, "workflows": [deep]}
    for within in ({**many, "workflows": [many] * 2}, deep):
        refused = api("POST", "/import/file/", json=within)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "workflows")
    assert api.get("/workflows/")["workflows"] == []


def test_connections_stay_where_they_are(api):
    nodes = [{"id": "n", "type": "gone", "config": {"connection": "c-1", "mail_connection_id": ""}}]
    made = api.create(definition={"nodes": nodes})
    told = api.get(f"/export/{made['id']}/")
    assert told["needs"] == [{"kind": "connection", "node": "n", "field": "connection"}]
    assert "c-1" not in json.dumps(told)


def test_what_is_taken_out_is_put_in_and_says_what_it_needs(api):
    made = api.create(definition=SECRETIVE, description="d", tags=["a"], category="c")
    exported = api.get(f"/export/{made['id']}/")
    for body, path in (
        ({"definition": exported}, "/import/"), (exported, "/import/file/"),
    ):  # fmt: skip
        told = api.post(path, body, 201, tenant="other")
        told = told["imported"][0] if path.endswith("file/") else told
        assert (told["workflow"]["name"], told["workflow"]["tags"]) == ("Greet", ["a"])
        assert told["workflow"]["description"] == "d"
        assert sorted(map(str, told["needs"])) == sorted(map(str, exported["needs"]))
        graph = api.get(f"/workflows/{told['workflow']['id']}/", tenant="other")["definition"]
        assert "token" not in graph["nodes"][1]["config"]
        assert graph["env"] == {"REGION": "eu", "MAX_TOKEN": 7}


def test_a_sound_workflow_comes_back_as_it_was(api):
    made = api.create(definition=definition(settings={"timeout": 60}))
    exported = api.get(f"/export/{made['id']}/")
    again = api.post("/import/", {"name": "Copy", "definition": exported}, 201)
    assert (again["workflow"]["name"], again["needs"]) == ("Copy", [])
    assert again["validation"]["valid"] is True
    assert api.get(f"/export/{again['workflow']['id']}/")["definition"] == {
        **exported["definition"], "name": "Copy",
    }  # fmt: skip


def test_a_version_is_taken_out(api):
    made = api.create()
    where = f"/workflows/{made['id']}"
    api.post(f"{where}/publish/", {}, 201)
    api("PUT", f"{where}/", json={"definition": definition("new")})
    old = api.get(f"/export/{made['id']}/?version=1")
    assert old["workflow_version"] == 1
    assert old["definition"]["nodes"][1]["config"]["output"]["text"] == "{{ data.name }}"
    assert api("GET", f"/export/{made['id']}/?version=9").status_code == 404


ORCHESTRATOR = {
    "nodes": [{"id": "a", "node_type": "start", "x": 1, "y": 2},
              {"id": "b", "node_type": "data-transformer",
               "form_values": {"output_template": {"x": "{{ data.y }}"}}}],
    "connections": [{"source_node": "a", "target_node": "b", "source_handle": "Default"}],
    "workflow_type": "api",
}  # fmt: skip
EXECUTOR = {
    "nodes": [{"id": "a", "type": "start", "data": {"label": "Start"}},
              {"id": "b", "type": "end", "data": {}}],
    "edges": [{"id": "e", "source": "a", "target": "b"}],
    "variables": {"topic": "x"},
}  # fmt: skip


@pytest.mark.parametrize("graph", [ORCHESTRATOR, EXECUTOR])
def test_both_older_formats_are_read(api, graph):
    for path, body in (
        ("/import/", {"name": "Old", "description": "d", "definition": graph}),
        ("/import/file/", {"name": "Old", **graph}),
        ("/import/file/", {"name": "Old", "definition": graph}),
    ):
        told = api.post(path, body, 201)
        told = told["imported"][0] if "imported" in told else told
        assert told["workflow"]["name"] == "Old"
        assert told["validation"]["edge_count"] == 1
        assert told["validation"]["valid"], told["validation"]


def test_all_at_once(api):
    names = [api.create(name=f"w{n}")["name"] for n in range(3)]
    first = api.get("/export-all/?limit=2")
    rest = api.get(f"/export-all/?before={first['before']}")
    assert [one["name"] for one in first["workflows"] + rest["workflows"]] == names[::-1]
    told = api.post("/import/file/", first, 201, tenant="other")
    assert [one["workflow"]["name"] for one in told["imported"]] == ["w2", "w1"]
    assert api.get("/export-all/", tenant="third")["workflows"] == []


def test_a_file_of_a_form(api):
    body = json.dumps({"name": "Ü", **EXECUTOR}, ensure_ascii=False).encode("utf-8-sig")
    sent = api("POST", "/import/file/", files={"file": ("w.json", body, "application/json")})
    assert sent.status_code == 201
    assert sent.json()["imported"][0]["workflow"]["name"] == "Ü"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "application/json"), (b"[]", "application/json"), (b"{", "application/json"),
        (b"[" * 9_000, "application/json"), (b"\xff", "application/json"),
        (b"x", "multipart/form-data"), (b"x", "multipart/form-data; boundary=b"),
        (b"--b\r\n\r\n--b--", "multipart/form-data; boundary=b"),
        (b"{}", "application/json"), (b'{"nodes": 7}', "application/json"),
        (b'{"format": "millrace.workflow", "version": 2}', "application/json"),
        (b'{"format": "millrace.workflow", "version": true}', "application/json"),
        (b'{"format": "millrace.workflows", "version": 1}', "application/json"),
        (b'{"format": "millrace.workflows", "version": 1, "workflows": []}', "application/json"),
        (b'{"definition": {"nodes": []}, "tags": [7]}', "application/json"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_by_name(api, content, kind):
    refused = api("POST", "/import/file/", content=content, headers={"Content-Type": kind})
    assert refused.status_code in (400, 422)
    assert refused.json()["errors"][0]["fix"]
    assert api.get("/workflows/")["workflows"] == []


def test_of_a_bundle_all_or_none_are_put_in(api):
    for bad in ({"name": "bad"}, {"nodes": [{"id": 7}]}):
        bundle = {"format": "millrace.workflows", "version": 1, "workflows": [EXECUTOR, bad]}
        assert api("POST", "/import/file/", json=bundle).status_code in (400, 422)
    assert api.get("/workflows/")["workflows"] == []


def test_rights(api):
    made = api.create()
    assert api("GET", f"/export/{made['id']}/", tenant="other").status_code == 404
    assert api("POST", "/import/", json={"definition": {}}, role="user").status_code == 403
