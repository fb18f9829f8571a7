"""Route x role x tenant for those who build workflows; and bodies of every wrong kind."""

from __future__ import annotations

import random

import pytest

from shared.identity.rights import ROLES
from tests.unit.tenants.builders import BODIES, MARK, Builders


@pytest.fixture(scope="module")
def world():
    return Builders()


def test_every_route_that_takes_a_body_has_one(world):
    keys = {f"{one.method} {one.path}" for one in world.routes()}
    assert set(BODIES) <= keys
    assert len(keys) > 70


def test_every_cell_of_a_tenants_own(world):
    wrong = []
    for route in world.routes():
        if not route.needs.open:
            nobody = world.ask(route, "", "user").status_code
            if nobody != 401:
                wrong.append((route.method, route.path, "nobody", nobody))
        for role in ROLES:
            answer = world.ask(route, "acme", role)
            status = answer.status_code
            # Nobody waits for a test call twice, and a reply may be what a workflow says.
            right = status == 403 if not world.may(route, role) else status < 300
            if "/test/" in route.path and route.needs.open:
                right = status in (202, 409)
            if not right:
                wrong.append((route.method, route.path, role, status, answer.text[:200]))
    assert wrong == []


def test_every_cell_of_another_tenant(world):
    leaks = []
    for route in world.routes():
        if route.needs.open:
            continue
        before = dict(world.tables.items)
        answer = world.ask(route, "other", "admin")
        assert world.tables.items == before
        by_id = "{workflow_id}" in route.path
        if (by_id and answer.status_code != 404) or MARK in answer.text.replace(
            world.ids["workflow_id"], ""
        ):
            imported = route.path.startswith("/import/")  # the mark is in the body they sent
            if not imported:
                leaks.append((route.method, route.path, answer.status_code, answer.text[:200]))
    assert leaks == []


def test_what_another_tenant_writes_is_its_own(world):
    foreign = []
    for route in world.routes():
        if route.needs.open or route.method == "GET":
            continue
        before, after = dict(world.tables.items), {}
        transact = world.tables.transact

        def watched(writes, transact=transact, after=after):
            transact(writes)
            after.update(world.tables.items)

        world.tables.transact = watched
        try:
            world.ask(route, "other", "admin")
        finally:
            del world.tables.transact
        changed = [key for key, item in after.items() if before.get(key) != item]
        foreign += [(route.path, key) for key in changed if "acme" in key[1]]
    assert foreign == []


BAD = [
    None, [], {}, "text", 7, {"name": None}, {"name": ""}, {"name": "x" * 9_000}, {"nope": 1},
    {"node_id": ""}, {"node_id": "none"}, {"node_id": 7}, {"node_id": "each", "input_data": []},
    {"nodeTemplate": {}}, {"nodeTemplate": ""}, {"nodeTemplate": "end", "position": {"x": "a"}},
    {"nodeTemplate": "end", "id": "\ud800"}, {"nodeTemplate": "end", "id": "a/b?c#d"},
    {"nodeTemplate": "end", "form_values": {"a": {"b": [[[[None]]]]}}},
    {"source": "in", "target": "in"}, {"source": "\x00", "target": "out"},
    {"source": "in", "target": "out", "sourceHandle": "x" * 101}, {"x": 1e400, "y": 0},
    {"position": None}, {"field_values": {"bucket_name": {"a": 1}}, "form_values": {"x": []}},
    {"field": "bucket_name", "text": "{{" * 400}, {"field": "bucket_name", "text": {"a": ["{%"]}},
    {"parent_field": "a", "dependent_field": "b"}, {"form_data": {"bucket_name": ["{{ 1/0 }}"]}},
    {"form_data": {"bucket_name": "{{ data.x }}", "object_key": "{{ data.y }}"}},
    {"session_id": ""}, {"session_id": "\ud800"}, {"input": [1]}, {"input": "x", "timeout": -1},
    {"input": {"a": 2**70, "b": 1.5e308}}, {"inputs": {"\ud800": "\ud800"}}, {"timeout": 1e-9},
    {"definition": {"nodes": [{}]}}, {"definition": {"nodes": [None]}}, {"definition": None},
    {"definition": {"nodes": [], "edges": [{"source": 1}]}}, {"definition": {"connections": 7}},
    {"definition": {"connections": [None], "nodes": [{"id": "a", "node_type": "b"}]}},
    {"definition": {"nodes": [{"id": "a", "node_type": "b", "data": 7}]}},
    {"definition": {"nodes": [{"id": "a", "type": "b", "data": []}], "edges": {}}},
    {"definition": {"nodes": [{"id": "a", "type": "b", "agent_config": "x"}]}},
    {"definition": {"nodes": [{"id": "a", "type": "b", "position": "x", "data": {}}]}},
    {"definition": {"env": 7, "nodes": []}}, {"nodes": [{"id": "a", "node_type": {}, "x": "b"}]},
    {"definition": {"nodes": [], "settings": "x", "connections": []}},
    {"format": "millrace.workflow", "version": 1, "definition": {"$needs": 7}},
    {"format": "millrace.workflows", "version": 1, "workflows": [{"format": []}]},
    {"auth": "x"}, {"methods": []}, {"per_minute": 0}, {"value": 2**70}, {"value": "\ud800"},
    {"until": "none"}, {"until": "in", "form_values": {"in": {"webhook_id": "{{"}}},
    {"until": "out"}, {"input": {"forEachNode": 7}}, {"iteration_index": 2**60, "node_id": "each"},
    {"node_id": "each", "form_values": {"items": "{{ 7 }}"}}, {"node_id": "out", "input_data": {}},
    {"env": {"a": float("1e300")}, "name": "n"}, {"runtime_state": {"": {"b": "\ud800"}}},
    {"workflow_type": "x"}, {"tags": ["", "a"]}, {"status": "error"},
]  # fmt: skip
RAW = [b"", b"{", b"[" * 9_000, b"\xff\xfe", b'{"a":' * 3_000, b'{"name": NaN}', b'{"\\ud800": 1}']


def test_no_body_breaks_anything(world):
    """What is sent is refused by name or taken, and never ends in an error of ours."""
    import json

    broken = []
    for route in world.routes():
        if route.method not in ("POST", "PUT", "PATCH"):
            continue
        sent = [json.dumps(each).encode() for each in BAD] + RAW
        random.Random(route.path).shuffle(sent)
        for content in sent:
            answer = world.ask(
                route, "acme", "admin", json=None, content=content,
                headers={"Content-Type": "application/json"},
            )  # fmt: skip
            if answer.status_code >= 500:
                broken.append((route.method, route.path, content[:200], answer.status_code))
    assert broken == []


PARTS = ["%00", "a%2Fb", "...", "%F0%9F%98%80", "x" * 900, "%ED%A0%80", "%20", "#", "None"]


def test_no_path_or_query_breaks_anything(world):
    broken = []
    for route in world.routes():
        for part in PARTS:
            names = dict.fromkeys(world.ids, part)
            for ids in (names, {**world.ids, **{k: part for k in world.ids if k != "workflow_id"}}):
                path = route.path.format(**ids)
                answer = world(route.method, f"{path}?limit=x&before={part}&version=0&a=%ff")
                if answer.status_code >= 500:
                    broken.append((route.method, path[:200], answer.text[:200]))
    assert broken == []
