"""The catalogue: what flows can be drawn with."""

from __future__ import annotations

import asyncio

import pytest

from shared.nodes import registry
from shared.nodes.catalogue import CATEGORIES, Catalogue, UnknownNodeTypeError
from tests.fakes.node_ports import node_ports

CATALOGUE = Catalogue(registry())


def test_each_type_is_in_exactly_one_category():
    grouped = [node["type"] for group in CATALOGUE.by_category() for node in group["nodes"]]
    assert sorted(grouped) == [node["type"] for node in CATALOGUE.flat()] == list(registry())
    assert CATALOGUE.count() == len(grouped)
    assert [group["category"] for group in CATALOGUE.by_category()] == list(CATEGORIES)


@pytest.mark.parametrize("name", list(registry()))
def test_each_type_says_what_it_is_and_what_it_gives(name):
    node = CATALOGUE.node(name)
    for part in ("label", "description", "details", "result", "config_schema"):
        assert node[part] != "", (name, part)
    assert node["result"]
    assert not node["description"].endswith(".")
    assert node["outputs"][-1] == "error"


def test_a_type_is_found_by_the_names_of_other_systems():
    assert CATALOGUE.node("if-condition")["type"] == "condition"
    with pytest.raises(UnknownNodeTypeError, match="unknown node type 'nope'; there are agent"):
        CATALOGUE.node("nope")


def test_a_form_is_opened_and_changed():
    ports = node_ports()
    told = asyncio.run(CATALOGUE.form("s3-reader", {}, ports))
    assert told["fields"][0]["name"] == "read_mode"
    values = {field["name"]: field["value"] for field in told["fields"]}
    assert values["bucket_name"] == "acme-data"  # the only one there is
    told = asyncio.run(CATALOGUE.form("s3-reader", {}, ports, {"object_key": "gone"}))
    key = next(field for field in told["fields"] if field["name"] == "object_key")
    assert [each["label"] for each in key["widget"]["choices"]] == [
        "notes.txt", "gone (configured)",
    ]  # fmt: skip


def execute(name, config, data=None):
    return asyncio.run(CATALOGUE.execute(name, config, data or {}, node_ports()))


def test_a_node_is_run_alone():
    done = execute("filter", {"items": "l", "expression": "item > 1"}, {"l": [1, 2]})
    assert done["status"] == "completed"
    assert done["output"]["filter"]["items"] == [2]
    assert execute("condition", {"expression": "data.x"}, {"x": 1})["route"] == "yes"


def test_what_is_wrong_with_its_form_is_told_before_it_is_run():
    done = execute("counter", {"min_value": "x"})
    assert done == {
        "status": "invalid",
        "errors": {"min_value": [
            "Input should be a valid integer, unable to parse string as an integer"
        ]},
        "form_errors": [],
    }  # fmt: skip


def test_a_node_that_fails_or_waits_says_so():
    failed = execute("validate", {"schema": {"required": ["a"]}})
    assert failed["status"] == "failed"
    assert failed["error"]["type"] == "DataInvalid"
    assert execute("approval", {"approvers": ["ada"]})["waits_for"]["kind"] == "approval"
