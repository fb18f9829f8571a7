"""Nodes that look at data, or change it: what they promise beside their examples."""

from __future__ import annotations

import pytest

from shared.nodes.data.scores import similarity
from tests.fakes.graphs import graph, node, run


def result(node_type, given, **config):
    done = run(graph([node("it", node_type, **config)]), given)
    assert done.error is None, done.error
    return done.result


def error(node_type, given, **config):
    done = run(graph([node("it", node_type, **config)]), given)
    assert done.error is not None
    return done.error


def test_setting_a_field_inside_an_object_keeps_what_stands_beside_it():
    given = {"lead": {"name": "Ada", "address": {"city": "Rome"}}, "n": 1}
    made = result("set-fields", given, fields={"lead.address.zip": "1", "new.deep": True})
    assert made == {
        "lead": {"name": "Ada", "address": {"city": "Rome", "zip": "1"}},
        "n": 1,
        "new": {"deep": True},
    }


def test_a_field_inside_what_is_no_object_cannot_be_set():
    assert "is no object" in error("set-fields", {"a": 1}, fields={"a.b": 1}).message


def test_dropping_fields_keeps_all_others():
    given = {"lead": {"name": "Ada", "phone": "1"}, "raw": "x"}
    assert result("pick-fields", given, drop=["lead.phone", "raw", "gone.deep"]) == {
        "lead": {"name": "Ada"}
    }


@pytest.mark.parametrize(("missing", "made"), [("skip", {"a": 1}), ("null", {"a": 1, "b": None})])
def test_a_picked_field_that_is_not_there(missing, made):
    assert result("pick-fields", {"a": 1}, fields=["a", "b"], missing=missing) == made


def test_a_picked_field_that_must_be_there():
    told = error("pick-fields", {"a": 1}, fields=["b"], missing="fail").message
    assert "'b'" in told
    assert "the data has a" in told


def test_filtering_by_a_field_and_by_position():
    given = {"in": [{"s": "Won"}, {"s": "lost"}, {}]}
    by_field = {"items": "in", "field": "s", "operator": "contains", "value": "won"}
    assert result("filter", given, **by_field)["filter"]["items"] == [{"s": "Won"}]
    by_index = {"items": "{{ data['in'] }}", "expression": "index < data['in'] | length - 1"}
    assert result("filter", given, **by_index)["filter"]["kept"] == 2


def test_what_is_no_list_is_said_with_what_there_is():
    told = error("filter", {"deals": []}, items="leads", expression="true").message
    assert "'leads'" in told
    assert "the data has deals" in told


def test_merging_objects_goes_deep_and_later_ones_win():
    given = {"a": {"x": {"one": 1, "two": 2}, "l": [1]}, "b": {"x": {"two": 3}, "l": [2]}}
    made = result("merge", given, sources=["a", "b"], mode="objects")["merge"]
    assert made == {"x": {"one": 1, "two": 3}, "l": [2]}


def test_lists_are_appended_in_the_order_of_their_sources():
    given = {"b": [3], "a": [1, 2]}
    assert result("merge", given, sources=["a", "b"])["merge"] == [1, 2, 3]


def test_joined_items_without_the_key_stay_alone():
    given = {"a": [{"id": 1}, {"x": 1}], "b": [{"id": 1, "y": 2}, {"x": 1}]}
    made = result("merge", given, sources=["a", "b"], mode="join", key="id")["merge"]
    assert made == [{"id": 1, "y": 2}, {"x": 1}, {"x": 1}]


def test_invalid_data_fails_with_every_place():
    schema = {
        "type": "object",
        "properties": {"n": {"type": "integer"}, "l": {"items": {"type": "string"}}},
    }
    found = error("validate", {"n": "x", "l": ["a", 2]}, schema=schema)
    assert found.type == "DataInvalid"
    assert "n: " in found.message
    assert "l.1: " in found.message


def test_a_pattern_that_would_take_for_ever_takes_no_time():
    schema = {"properties": {"t": {"pattern": "^(a+)+$"}}}
    found = error("validate", {"t": "a" * 5_000 + "!"}, schema=schema)
    assert found.type == "DataInvalid"  # backtracking would not get here in this century


@pytest.mark.parametrize(
    "schema", [{"type": "nonsense"}, {"$ref": "http://169.254.169.254/latest"}, "{]"]
)
def test_a_schema_that_is_none_or_leads_elsewhere_is_refused_before_anything_runs(schema):
    from shared.graph import validate
    from shared.nodes import registry

    report = validate(graph([node("it", "validate", schema=schema)]), registry())
    assert [problem.node for problem in report.problems] == ["it"]


@pytest.mark.parametrize(
    ("measure", "value"),
    [
        ({"function": "count"}, 4), ({"function": "count", "field": "v"}, 3),
        ({"function": "sum", "field": "v"}, 6.5), ({"function": "avg", "field": "v"}, 6.5 / 3),
        ({"function": "min", "field": "v"}, 1), ({"function": "max", "field": "n"}, "Bob"),
    ],
)  # fmt: skip
def test_each_aggregate(measure, value):
    given = {"i": [{"v": 1, "n": "Ada"}, {"v": 2.5}, {"v": 3, "n": "Bob"}, {"v": None}]}
    made = result("aggregate", given, items="i", measures=[{**measure, "name": "m"}])
    assert made["aggregate"] == {"groups": [{"m": value}], "items": 4}


def test_an_empty_list_has_a_count_and_no_average():
    measures = [{"function": "count"}, {"function": "avg", "field": "v"}]
    made = result("aggregate", {"i": []}, items="i", measures=measures)
    assert made["aggregate"]["groups"] == [{"count": 0, "avg_v": None}]


def test_ten_cents_add_up():
    made = result("aggregate", {"i": [{"v": 0.1}] * 10}, items="i",
                  measures=[{"function": "sum", "field": "v", "name": "s"}])  # fmt: skip
    assert made["aggregate"]["groups"] == [{"s": 1}]


def test_what_is_no_number_cannot_be_added():
    measures = [{"function": "sum", "field": "v"}]
    for value in ("many", True, [1]):
        told = error("aggregate", {"i": [{"v": value}]}, items="i", measures=measures).message
        assert "is no number" in told


def test_html_that_is_nested_too_deep_fails_with_a_sentence():
    found = error("html-to-markdown", {}, html_content="<div>" * 20_000 + "x")
    assert found.type == "HtmlTooDeep"


@pytest.mark.parametrize(
    ("one", "other", "method", "score"),
    [
        ("red shoes", "shoes red", "cosine", 1), ("red", "blue", "cosine", 0),
        ([1, 0], [1, 1], "cosine", 0.7071), ([1, 0], [-1, 0], "cosine", -1),
        ("Ada", "ADA", "ratio", 1), ("", "x", "cosine", 0), ([], [], "cosine", 0),
        ("Acme", "the Acme company", "partial", 1), ("martha", "marhta", "jaro_winkler", 0.9611),
    ],
)  # fmt: skip
def test_how_alike(one, other, method, score):
    assert similarity(one, other, method) == score
    assert similarity(other, one, method) == score


@pytest.mark.parametrize(
    ("one", "other", "method"),
    [([1], [1, 2], "cosine"), ({"a": 1}, "x", "cosine"), ([1], [1], "ratio"),
     ("x" * 10_001, "y", "words")],
)  # fmt: skip
def test_what_cannot_be_compared(one, other, method):
    with pytest.raises(ValueError):
        similarity(one, other, method)


def test_ranking_keeps_the_order_of_equals_and_scores_what_is_missing_as_nothing():
    items = [{"n": 1, "t": "x"}, {"n": 2}, {"n": 3, "t": "a b"}, {"n": 4, "t": "b a"}]
    made = result("rank-by-similarity", {"i": items}, query="a b", items="i", content_key="t")
    assert [item["n"] for item in made["rank_by_similarity"]] == [3, 4, 1, 2]
