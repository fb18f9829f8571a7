"""Typed conditions: an operator between a field and a value, as seed 003's condition nodes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from shared.graph.expressions.errors import ExpressionError
from shared.graph.expressions.fields import ABSENT


def compare(operator: str, value: Any, expected: Any = "") -> bool:
    """Whether `value operator expected` holds; an absent value is empty, no order holds for it.

    Raises:
        ExpressionError: there is no such operator.
    """
    if operator not in OPERATORS:
        raise ExpressionError(
            f"Unknown condition type: {operator}", f"use one of {', '.join(OPERATORS)}"
        )
    return OPERATORS[operator](value, expected)


def _equal(value: Any, expected: Any) -> bool:
    return _text(value) == _text(expected)


def _contains(value: Any, expected: Any) -> bool:
    return _text(expected).lower() in _text(value).lower()


def _empty(value: Any, _: Any) -> bool:
    return value is ABSENT or value is None or (isinstance(value, (str, list, dict)) and not value)


def _text(value: Any) -> str:
    if value is ABSENT or value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _ordered(holds: Callable[[float, float], bool]) -> Callable[[Any, Any], bool]:
    """An order of numbers, false where either side is none."""

    def ordered(value: Any, expected: Any) -> bool:
        left, right = _number(value), _number(expected)
        return left is not None and right is not None and holds(left, right)

    return ordered


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def _not(holds: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    return lambda value, expected: not holds(value, expected)


OPERATORS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "equals": _equal,
    "not_equals": _not(_equal),
    "contains": _contains,
    "not_contains": _not(_contains),
    "greater_than": _ordered(lambda a, b: a > b),
    "not_greater_than": _ordered(lambda a, b: a <= b),
    "less_than": _ordered(lambda a, b: a < b),
    "not_less_than": _ordered(lambda a, b: a >= b),
    "empty": _empty,
    "is_empty": _empty,
    "not_empty": _not(_empty),
    "is_not_empty": _not(_empty),
}
