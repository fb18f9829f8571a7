"""All formats load, and mean the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from shared.graph import GraphError, Pool
from shared.graph.loaders import json_schema, load_flow
from shared.graph.validation import validate
from tests.fakes.graphs import REGISTRY, run

ENGINE: dict[str, Any] = {
    "nodes": [
        {"id": "n1", "type": "start", "data": {"form": {}, "config": {}}},
        {"id": "n2", "type": "if-condition",
         "data": {"form": {"condition_expression": "data.total > 3"}}},
        {"id": "n3", "type": "data-transformer",
         "data": {"form": {"overwrite": False, "output_template": '{"big": "{{ data.total }}"}'}}},
        {"id": "n4", "type": "for-each", "data": {"form": {"array_expression": "{{ data.rows }}"}}},
        {"id": "n5", "type": "start", "data": {"form": {}}},
    ],
    "edges": [
        {"source": "n1", "target": "n2", "sourceHandle": None},
        {"source": "n2", "target": "n3", "sourceHandle": "Yes"},
        {"source": "n2", "target": "n4", "sourceHandle": "no"},
        {"source": "n4", "target": "n5", "sourceHandle": "subdag"},
    ],
    "env": {"key": "value"},
    "settings": {"fork_execution_pool": "thread"},
    "type": "api",
}  # fmt: skip

STORED: dict[str, Any] = {
    "name": "stored",
    "workflow_type": "api",
    "nodes": [
        {"id": "a", "node_type": "start", "form_values": {}, "config": {}, "x": 1, "y": 2,
         "input_data": {}, "output_data": {}},
        {"id": "b", "node_type": "start", "form_values": None},
    ],
    "connections": [{"source_node": "a", "target_node": "b", "source_handle": ""}],
}  # fmt: skip

EXECUTOR: dict[str, Any] = {
    "name": "executor",
    "variables": {"limit": "5"},
    "nodes": [
        {"id": "s", "type": "start", "position": {"x": 1, "y": 1}, "data": {"label": "Start"}},
        {"id": "c", "type": "condition",
         "condition_config": {"condition_type": "greater_than", "field": "total", "value": "5",
                              "true_branch": "x", "false_branch": None}},
        {"id": "l", "type": "loop", "data": {"loop_config": {"loop_type": "for_each",
                                                              "items_source": "rows",
                                                              "max_iterations": 2}}},
        {"id": "b", "type": "start", "data": {}},
        {"id": "e", "type": "end", "data": {}},
    ],
    "edges": [
        {"source": "s", "target": "c"},
        {"source": "c", "target": "l", "sourceHandle": "true"},
        {"source": "c", "target": "e", "source_handle": "false"},
        {"source": "l", "target": "b", "sourceHandle": "loop"},
        {"source": "b", "target": "l"},
        {"source": "l", "target": "e"},
    ],
}  # fmt: skip


def test_the_orchestrators_graph_loads_with_its_settings_and_runs() -> None:
    graph = load_flow(ENGINE)
    assert validate(graph, REGISTRY).ok
    assert graph.settings.pool is Pool.THREAD
    assert graph.env == {"key": "value"}
    big = run(graph, {"total": 4}).result or {}
    assert big["transform"] == {"big": "4"}
    small = run(graph, {"total": 1, "rows": [1, 2]}).result or {}
    assert len(small["loop_results"]) == 2


def test_the_orchestrators_stored_graph_loads() -> None:
    graph = load_flow(STORED)
    assert [(n.id, n.type, n.position.x) for n in graph.nodes] == [("a", "start", 1.0),
                                                                 ("b", "start", 0.0)]  # fmt: skip
    assert (graph.name, graph.type) == ("stored", "api")
    assert graph.edges[0].source_handle == "default"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"nodes": []}, "Workflow has no nodes"),
        ({"nodes": [{"node_type": "start"}]}, "Node at index 0 has no id"),
        ({"nodes": [{"id": "a"}]}, "Node at index 0 has no node_type"),
        ({"connections": [{"source_node": "a", "target_node": "zz"}]},
         "Connection 0 references unknown target node 'zz'"),
    ],
)  # fmt: skip
def test_an_incomplete_stored_graph_is_refused(change: Any, says: str) -> None:
    with pytest.raises(GraphError, match=says):
        load_flow({**STORED, **change})


def test_the_executors_graph_loads_and_takes_one_branch() -> None:
    graph = load_flow(EXECUTOR)
    assert validate(graph, REGISTRY).problems == ()
    taken = run(graph, {"total": 6, "rows": [1, 2, 3]}).result or {}
    assert len(taken["loop_results"]) == 2
    other = run(graph, {"total": 5, "rows": [1]}).result or {}
    assert "loop_results" not in other


def test_an_unlabelled_edge_behind_a_condition_is_always_followed() -> None:
    raw = {**EXECUTOR, "edges": [{"source": "s", "target": "c"}, {"source": "c", "target": "e"}]}
    for total in (1, 9):
        done = run(load_flow(raw), {"total": total, "rows": [1]})
        assert done.settlement.statuses()["e"] == "completed"


def test_a_cycle_that_only_passes_a_loop_stays_an_error() -> None:
    edges = [*EXECUTOR["edges"], {"source": "e", "target": "l"}]
    report = validate(load_flow({**EXECUTOR, "edges": edges}), REGISTRY)
    assert any("the cycle" in each.problem for each in report.errors)


def test_a_broken_node_is_named() -> None:
    with pytest.raises(GraphError, match="Invalid node data at index 1"):
        load_flow({"nodes": [{"id": "a", "type": "start", "data": {}}, {"id": "b"}]})
    with pytest.raises(GraphError, match=r"cannot be read: nodes.0.kind: Extra inputs"):
        load_flow({"nodes": [{"id": "a", "type": "start", "kind": 1}]})


def test_our_own_format_has_a_schema_that_its_examples_fit() -> None:
    validator = Draft202012Validator(json_schema())
    for raw in (ENGINE, STORED, EXECUTOR):
        validator.validate(load_flow(raw).as_json())
    assert not validator.is_valid({"nodes": [{"id": "a"}]})


def test_the_schema_in_the_documentation_is_that_of_the_code() -> None:
    written = Path(__file__).parents[3] / "docs" / "flow.schema.json"
    assert json.loads(written.read_text()) == json_schema()
