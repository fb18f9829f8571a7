"""Rendering is total: any text over any data ends in a JSON value or in our error."""

from __future__ import annotations

import contextlib
import json

from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.graph.expressions import ExpressionError, compare, find_field, holds, render
from shared.graph.expressions.budget import CHARACTERS, STEPS, Budget
from shared.graph.expressions.comparisons import OPERATORS
from shared.graph.expressions.filters import FILTERS, TESTS
from shared.graph.expressions.methods import FUNCTIONS

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abxy"), inner),
    max_leaves=12,
)
ATOMS = st.sampled_from(
    ["data", "data.a", "data.b.x", "data['y']", "data.items", "nodes", "missing", "loop", "x", "0",
     "3", "1e9", "10**9", "-1", "'t'", "'%s'", "''", "true", "none", "[]", "{}", "[1, 'a']",
     "{'a': 1}", "range(9)", "range(10**7)"]
)  # fmt: skip


def extend(inner):
    pair = st.tuples(inner, inner)
    signs = st.sampled_from(
        ["+", "-", "*", "/", "//", "%", "**", "~", "==", "<", ">=", "in", "and", "or", "not in"]
    )
    return (
        st.tuples(inner, signs, inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})")
        | st.tuples(inner, st.sampled_from(sorted(FILTERS))).map(lambda t: f"({t[0]})|{t[1]}")
        | st.tuples(inner, st.sampled_from(sorted(FILTERS)), inner).map(
            lambda t: f"({t[0]})|{t[1]}({t[2]})"
        )
        | st.tuples(inner, st.sampled_from(sorted(TESTS))).map(lambda t: f"({t[0]} is {t[1]})")
        | st.tuples(st.sampled_from(sorted(FUNCTIONS)), inner).map(lambda t: f"{t[0]}({t[1]})")
        | st.tuples(inner, st.sampled_from(["get", "items", "split", "join", "replace"]), pair)
        .map(lambda t: f"({t[0]}).{t[1]}({t[2][0]}, {t[2][1]})")
        | pair.map(lambda t: f"({t[0]})[{t[1]}]")
        | pair.map(lambda t: f"({t[0]})[{t[1]}:]")
        | pair.map(lambda t: f"[{t[0]}, {t[1]}]")
        | st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} if {t[1]} else {t[2]})")
        | inner.map(lambda t: f"-({t})")
    )  # fmt: skip


EXPRESSIONS = st.recursive(ATOMS, extend, max_leaves=8)


def statements(inner):
    return (
        st.tuples(EXPRESSIONS, inner).map(lambda t: f"{{% for x in {t[0]} %}}{t[1]}{{% endfor %}}")
        | st.tuples(EXPRESSIONS, inner).map(lambda t: f"{{% if {t[0]} %}}{t[1]}{{% endif %}}")
        | st.tuples(EXPRESSIONS, inner).map(lambda t: f"{{% set x = {t[0]} %}}{t[1]}")
        | st.tuples(inner, inner).map("".join)
    )


TEXTS = st.recursive(
    st.text(max_size=10) | EXPRESSIONS.map(lambda e: f"{{{{ {e} }}}}") | st.just("${x.y}"),
    statements,
    max_leaves=5,
)


def named(error):
    return error.problem and error.fix


def total(text, data, budget):
    try:
        value = render(text, {"data": data, "variables": data, "nodes": {}}, budget=budget)
    except ExpressionError as error:
        return named(error)
    return json.dumps(value, allow_nan=False)


@settings(max_examples=400, deadline=None)
@given(TEXTS, VALUES)
@example("{{ [missing, 'a'] | sort }}", {})
@example("{{ data | map('upper', [], {}) }}", "x")
def test_rendering_is_total_and_stays_in_its_budget(text, data):
    budget = Budget(steps=STEPS // 10, characters=CHARACTERS // 10)
    before = json.dumps(data)
    assert total(text, data, budget)
    assert json.dumps(data) == before


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="{}%#$'\"[]()|.,~*+-=_ aforin01\n", max_size=60), VALUES)
def test_any_text_is_rendered_or_refused(text, data):
    assert total(text, data, Budget(steps=1000, characters=10_000))


@settings(max_examples=200, deadline=None)
@given(EXPRESSIONS, VALUES)
def test_conditions_are_total(text, data):
    with contextlib.suppress(ExpressionError):
        assert holds(text, {"data": data, "nodes": {}}) in (True, False)


@settings(deadline=None)
@given(st.sampled_from(sorted(OPERATORS)), VALUES, VALUES, st.text(alphabet="abxy.0", max_size=6))
def test_typed_conditions_are_total(operator, value, expected, path):
    assert compare(operator, value, expected) in (True, False)
    assert compare(operator, find_field({"data": value}, path), expected) in (True, False)
