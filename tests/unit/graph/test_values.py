"""Canonical JSON: what is refused, what is rewritten, what nobody can change."""

from __future__ import annotations

import copy
import math
import pickle
from enum import Enum
from typing import Any

import pytest

from shared.graph.errors import ResultError
from shared.graph.values import MAX_RESULT_BYTES, canonical, freeze, freeze_result, same


class Colour(str, Enum):  # noqa: UP042 - the old way must work too
    RED = "red"


@pytest.mark.parametrize(
    ("raw", "canonical_value"),
    [
        (2.0, 2),
        (-0.0, 0),
        (2.5, 2.5),
        (2**53, str(2**53)),
        (-(2**53), str(-(2**53))),
        (2**53 - 1, 2**53 - 1),
        (1e21, "1000000000000000000000"),
        ((1, 2.0), [1, 2]),
        (Colour.RED, "red"),
        ({"a": [True, None, {"b": 1.0}]}, {"a": [True, None, {"b": 1}]}),
    ],
)
def test_a_value_has_one_form(raw: Any, canonical_value: Any) -> None:
    frozen = freeze(raw)
    assert frozen == canonical_value
    assert type(frozen) in (type(canonical_value), *type(frozen).__mro__)
    assert freeze(frozen) is frozen or freeze(frozen) == frozen


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ({"a": [1, math.nan]}, r"result\.a\[1\]: nan is no JSON number"),
        ({"a": math.inf}, r"result\.a: inf"),
        ({"a": {1: 2}}, r"result\.a: the key 1 is a int, not a text"),
        ({"when": {1, 2}}, r"result\.when: a set is no JSON"),
        (object(), r"result: a object is no JSON"),
        (b"raw", r"result: a bytes is no JSON"),
        ("\ud800", r"half a surrogate pair"),
        ({"\ud800": 1}, r"half a surrogate pair"),
    ],
)
def test_what_is_no_json_is_refused_by_its_place(raw: Any, says: str) -> None:
    with pytest.raises(ResultError, match=says):
        freeze(raw)


def test_depth_and_size_are_bounded() -> None:
    deep: Any = 1
    for _ in range(5_000):
        deep = [deep]
    with pytest.raises(ResultError, match="nested deeper than 100 levels"):
        freeze(deep)
    circular: list[Any] = []
    circular.append(circular)
    with pytest.raises(ResultError, match="nested deeper"):
        freeze(circular)
    with pytest.raises(ResultError, match=r"5,242,\d\d\d bytes of JSON, at most 4,194,304"):
        freeze_result({"text": "x" * 5 * 1024 * 1024})
    assert freeze_result("x" * (MAX_RESULT_BYTES - 2))


def test_frozen_data_cannot_be_changed_and_its_copies_can() -> None:
    frozen = freeze({"a": [1, {"b": 2}]})
    for change in (
        lambda: frozen.update(x=1),
        lambda: frozen.pop("a"),
        lambda: frozen["a"].append(2),
        lambda: frozen["a"][1].setdefault("c", 1),
        lambda: frozen["a"].__setitem__(0, 5),
    ):
        with pytest.raises(TypeError, match="read-only"):
            change()
    for thawed in (copy.deepcopy(frozen), pickle.loads(pickle.dumps(frozen))):
        thawed["a"][1]["b"] = 3
    assert frozen == {"a": [1, {"b": 2}]}


def test_sameness_is_that_of_json_and_not_of_python() -> None:
    assert not same(freeze(1), freeze(True))
    assert not same(freeze([1]), freeze([True]))
    assert same(freeze(2.0), freeze(2))
    assert same(freeze({"a": 1, "b": 2}), freeze({"b": 2, "a": 1}))
    assert canonical(freeze({"b": 1, "a": 2})) == '{"a":2,"b":1}'
