"""Templates and conditions as users write them."""

from __future__ import annotations

import pytest

from shared.graph.expressions import (
    ExpressionError,
    check,
    check_condition,
    compare,
    evaluate,
    find_field,
    holds,
    render,
    render_all,
)
from shared.graph.expressions.fields import ABSENT
from shared.graph.values import freeze

SCOPE = {
    "data": {
        "a": 5,
        "list": [1, 2, {"c": "x"}],
        "nothing": None,
        "name": "Ada",
        "yes": True,
        "items": [{"n": 1}, {"n": 2}],
        "_id": 3,
        "ratio": 2.0,
    },
    "variables": {"who": "Bob", "n": 7, "deep": {"er": [1]}},
    "workflowenv": {"url": "https://example.com"},
    "runtime": {"token": "t"},
    "nodes": {"fetch": {"status": 200}},
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no template", "no template"),
        ("Dear {{ data.name }}", "Dear Ada"),
        ("{{ data.list }}", [1, 2, {"c": "x"}]),
        ("{{ data.a }}", 5),
        ("{{ data.nothing }}", None),
        ("{{ data.missing.deep }}", None),
        ("[{{ data.missing.deep }}{{ data.nothing }}]", "[]"),
        ("{{ data.list }} ", '[1, 2, {"c": "x"}] '),
        ("{{ data.yes }}!", "true!"),
        ("{{ data.ratio }}!", "2!"),
        ("{{ data.list[2].c }}", "x"),
        ("{{ data.list.2.c }}", "x"),
        ("{{ data.items }}", [{"n": 1}, {"n": 2}]),
        ("{{ nodes.fetch.items }}", None),
        ("{{ data['_id'] }}", 3),
        ("{{ workflowenv.url }}/{{ runtime.token }}", "https://example.com/t"),
        ("{% for i in data.items %}{{ loop.index }}:{{ i.n }} {% endfor %}", "1:1 2:2 "),
        ("{% if data.a > 3 %}big{% else %}small{% endif %}", "big"),
        ("{% set x = data.a * 2 %}{{ x + 1 }}", "11"),
        ("{{ data.items | map(attribute='n') | sum }}", 3),
        ("{{ data.items | selectattr('n', 'gt', 1) }}", [{"n": 2}]),
        ("{{ data.list | tojson }}", '[1, 2, {"c": "x"}]'),
        ("{{ data.name.upper() ~ '-' ~ data.a }}", "ADA-5"),
        ("{{ data.get('b', 9) }}", 9),
        ("{{ data.b | default('x') }}", "x"),
        ("{{ [data.name, 'Bob'] | join(' and ') }}", "Ada and Bob"),
        ("{{ variables.deep.items() }}", [["er", [1]]]),
        ("${who}", "Bob"),
        ("${n}", 7),
        ("Hi ${who}, ${deep.er}${unknown}", "Hi Bob, [1]"),
        ("{{ '${who}' }}", "${who}"),
        ("costs $5 {x}", "costs $5 {x}"),
        ("line\n{{ data.a }}\n", "line\n5\n"),
    ],
)
def test_renders(text, value):
    assert render(text, SCOPE) == value


def test_an_item_is_not_changed_by_a_text():
    with pytest.raises(ExpressionError):
        render("{{ data.list.append(1) }}", SCOPE)
    assert SCOPE["data"]["list"] == [1, 2, {"c": "x"}]


def test_an_engine_s_read_only_data_reads_the_same():
    scope = {name: freeze(value) for name, value in SCOPE.items()}
    text = "{{ data.get('a') + data.list.index(2) }}{{ (data.list + [1])|length }}"
    assert render(text, scope) == "64"
    assert render("{{ data.items }}", scope) == [{"n": 1}, {"n": 2}]
    assert type(render("{{ data.items }}", scope)) is list


def test_runtime_changes_are_handed_to_the_caller():
    changes = {}
    text = "{{ data.a | set_runtime('count', data.a + 1) }}{{ '' | delete_runtime('token') }}"
    assert render(text, SCOPE, changes=changes) == "5"
    assert changes == {"count": 6, "token": None}


def test_a_configuration_names_the_field_of_its_error():
    form = {"to": "{{ data.name }}", "headers": [{"x": "{{ 1 / 0 }}"}], "n": 3}
    with pytest.raises(ExpressionError) as caught:
        render_all(form, SCOPE)
    assert caught.value.field == "headers[0].x"
    assert str(caught.value).startswith("headers[0].x: division by zero; ")
    assert render_all({"to": ["{{ data.a }}"]}, SCOPE) == {"to": [5]}


@pytest.mark.parametrize(
    ("text", "true"),
    [
        ("data.a > 3", True),
        ("data['a'] >= 5 and len(data['list']) == 3", True),
        ("data.get('b') is None", True),
        ("data.nothing is not None", False),
        ("data.missing is defined", False),
        ("'d' in data.name and not data.a == 4", True),
        ("1 < data.a < 7", True),
        ("data.yes == True", True),
        ("str(data.a) == '5' and data.name.lower().startswith('a')", True),
        ("data.list[2]['c'] in ('x', 'y')", True),
        ("{{ data.a }} > 3", True),
        ("'{{ data.name }}' == 'Ada' and {{ data.a }} < 3", False),
        ("", False),
    ],
)
def test_conditions(text, true):
    assert holds(text, SCOPE) is true


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("data.value > 3", "data.value is missing"),
        ("data.a > 3 and data.b.c", "data.b.c is missing"),
        ("data.a > 3 and datum > 3", "datum is missing"),
        ("data.missing", "data.missing is missing"),
        ("data.m is defined or data.k == 1", "data.k is missing"),
        ("data.name > 3", "not supported"),
    ],
)
def test_a_condition_on_what_is_missing_names_it(text, named):
    with pytest.raises(ExpressionError, match=named):
        holds(text, SCOPE)


@pytest.mark.parametrize("text", ["{{ data.a", "{% for %}", "{{ 1 + }}", "{% if x %}", "{{ a b }}"])
def test_what_does_not_parse_is_found_without_running(text):
    with pytest.raises(ExpressionError, match="line 1 does not parse"):
        check(text)


@pytest.mark.parametrize("text", ["", "data.a >", "a }} {{ b", "a }}{% set x = 1 %}{{ b"])
def test_conditions_that_are_none(text):
    with pytest.raises(ExpressionError):
        check_condition(text)


def test_seed_003_custom_expressions():
    assert evaluate("float(value) > 2 and compare == 'x'", {"value": "3", "compare": "x"}) is True


@pytest.mark.parametrize(
    ("operator", "value", "expected", "true"),
    [
        ("equals", 5, "5", True),
        ("equals", 2.0, "2", True),
        ("equals", ABSENT, "", True),
        ("not_equals", "a", "b", True),
        ("contains", ["Alpha", 1], "alpha", True),
        ("contains", ABSENT, "a", False),
        ("greater_than", "10", "9", True),
        ("greater_than", "ten", "9", False),
        ("not_greater_than", "ten", "9", False),
        ("less_than", ABSENT, "9", False),
        ("not_less_than", 9, "9", True),
        ("empty", ABSENT, "", True),
        ("is_empty", 0, "", False),
        ("empty", [], "", True),
        ("not_empty", False, "", True),
        ("is_not_empty", None, "", False),
    ],
)
def test_typed_conditions(operator, value, expected, true):
    assert compare(operator, value, expected) is true


def test_an_unknown_operator_is_loud():
    with pytest.raises(ExpressionError, match="Unknown condition type: like; use one of equals"):
        compare("like", 1, "1")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a", 1),
        ("data.b", 2),
        ("b", 2),
        ("data.rows.1.n", 5),
        ("data.rows.m", 6),
        ("rows.n", 5),
        ("text.k", 7),
        ("nowhere", ABSENT),
        ("a.b", ABSENT),
        ("data.rows.9", ABSENT),
    ],
)
def test_fields_are_found_as_seed_003_did(path, value):
    inputs = {"a": 1, "data": {"b": 2, "rows": [{"m": 6}, {"n": 5}], "text": '{"k": 7}'}}
    assert find_field(inputs, path) == value
