"""Operators whose result is measured before it is made."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, Final

from shared.graph.expressions.budget import INTEGER_BITS, Budget
from shared.graph.expressions.errors import ExpressionError

SIGNS: Final = ("+", "-", "*", "/", "//", "%", "**")
_PLAIN: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "-": operator.sub,
    "/": operator.truediv,
    "//": operator.floordiv,
}


def apply(budget: Budget, sign: str, left: Any, right: Any) -> Any:
    """`left sign right`, charged; the operands are JSON values."""
    budget.spend()
    if sign == "+":
        return _add(budget, left, right)
    if sign == "*":
        return _multiply(budget, left, right)
    if sign == "**":
        return _power(left, right)
    if sign == "%":
        return _remainder(left, right)
    return budget.built(_PLAIN[sign](left, right))


def join(budget: Budget, parts: list[str], separator: str = "") -> str:
    """The parts in one text, measured first."""
    budget.spend(1 + len(parts))
    budget.write(sum(map(len, parts)) + len(separator) * max(0, len(parts) - 1))
    return separator.join(parts)


def _add(budget: Budget, left: Any, right: Any) -> Any:
    if isinstance(left, str) and isinstance(right, str):
        return join(budget, [left, right])
    if isinstance(left, list) and isinstance(right, list):
        budget.read(left)
        budget.read(right)
        return left + right
    return budget.built(left + right)


def _multiply(budget: Budget, left: Any, right: Any) -> Any:
    if _number(left) and _number(right):
        if isinstance(left, int) and isinstance(right, int):
            _fits(left.bit_length() + right.bit_length())
        return left * right
    times = left if isinstance(left, int) else right
    repeated = right if isinstance(left, int) else left
    if not isinstance(times, int) or not isinstance(repeated, str):
        raise ExpressionError(
            f"* cannot be used on {kind_of(left)} and {kind_of(right)}",
            "multiply numbers, or repeat a text a whole number of times",
        )
    budget.write(len(repeated) * max(0, times))
    return repeated * times


def _power(left: Any, right: Any) -> Any:
    if not (_number(left) and _number(right)):
        raise ExpressionError(
            f"** cannot be used on {kind_of(left)} and {kind_of(right)}", "use it on numbers"
        )
    if isinstance(left, int) and isinstance(right, int):
        _fits(max(1, left.bit_length()) * abs(right) if abs(left) > 1 else 1)
    result = left**right
    if isinstance(result, complex):
        raise ExpressionError("the root of a negative number is asked for", "check its sign first")
    return result


def _remainder(left: Any, right: Any) -> Any:
    if isinstance(left, str):
        raise ExpressionError(
            "% formats no text here", "put the values into the text with {{ }} or join them with ~"
        )
    return left % right


def _fits(bits: int) -> None:
    if bits > INTEGER_BITS:
        raise ExpressionError(
            f"a number would have more than {INTEGER_BITS} bits", "calculate with smaller numbers"
        )


def _number(value: Any) -> bool:
    return isinstance(value, (int, float))


def kind_of(value: Any) -> str:
    """What a user calls the kind of a value."""
    names = {
        type(None): "null", bool: "a truth value", int: "a number", float: "a number",
        str: "a text", list: "a list", tuple: "a list", dict: "an object",
    }  # fmt: skip
    return next((n for kind, n in names.items() if isinstance(value, kind)), "something")
