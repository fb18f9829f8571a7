"""Node types and their forms over HTTP."""

from __future__ import annotations

import pytest

from tests.unit.workflows.building import Api


@pytest.fixture(scope="module")
def api():
    return Api()


def test_the_types_as_tree_list_and_count(api):
    tree, flat = api.get("/nodes/"), api.get("/nodes/flat/")
    assert tree["count"] == flat["count"] == len(flat["nodes"]) == api.get("/nodes/count/")["count"]
    assert api.post("/nodes/refresh/", None)["count"] == flat["count"]
    assert [one["category"] for one in tree["categories"]][:2] == ["flow", "producers"]
    assert flat["count"] > 30


def test_types_of_one_kind_of_workflow(api):
    def types(kind):
        found = api.get("/nodes/flat/", params={"workflow_type": kind})["nodes"]
        return {one["type"] for one in found}

    assert types("api") - types("production") == {"http-response"}
    found = api.get("/nodes/", params={"search": "webhook"})
    assert "webhook-producer" in [n["type"] for one in found["categories"] for n in one["nodes"]]
    assert api("GET", "/nodes/flat/", params={"workflow_type": "x"}).status_code == 400


def test_one_type_by_any_of_its_names(api):
    assert api.get("/nodes/webhook/")["type"] == "webhook-producer"
    assert api.get("/nodes/http-request/")["config_schema"]["required"] == ["url"]
    missing = api("GET", "/nodes/no-such/")
    assert (missing.status_code, missing.json()["error_code"]) == (404, "NODE_TYPE_NOT_FOUND")
    assert "transform" in missing.json()["detail"]


def test_a_form_cascades(api):
    empty = api.get("/nodes/s3-reader/form/")
    assert empty["dependencies_graph"]
    changed = api.post("/nodes/s3-reader/form/update/", {"field_values": {"bucket_name": "x"}})
    (bucket,) = [one for one in changed["fields"] if one["name"] == "bucket_name"]
    assert "none of the choices: acme-data" in bucket["field_level_errors"][0]


def test_the_choices_of_one_field(api):
    ask = {"parent_field": "bucket_name", "parent_value": "acme-data"}
    graph = api.get("/nodes/s3-reader/form/")["dependencies_graph"]
    (child,) = [name for name, parents in graph.items() if "bucket_name" in parents]
    found = api.post("/nodes/s3-reader/field-options/", {**ask, "dependent_field": child})
    assert [one["value"] for one in found["options"]] == ["notes.txt"]
    assert found["field"] == child
    wrong = api("POST", "/nodes/s3-reader/field-options/",
                json={**ask, "dependent_field": "bucket_name"})  # fmt: skip
    assert wrong.status_code == 400


def test_texts_are_checked_while_they_are_typed(api):
    ask = {"field": "output", "text": {"a": "{{ data.", "b": "{{ data.x }}"}}
    found = api.post("/nodes/transform/check-text/", ask)
    assert (found["valid"], len(found["problems"])) == (False, 1)
    ask["text"] = "{{ data.name }}"
    assert api.post("/nodes/transform/check-text/", ask)["valid"] is True
    condition = {"field": "condition_expression", "text": "data.x =="}
    assert api.post("/nodes/if-condition/check-text/", condition)["valid"] is False
    none = api("POST", "/nodes/transform/check-text/", json={"field": "nope", "text": ""})
    assert (none.status_code, none.json()["errors"][0]["field"]) == (400, "field")
