"""How a value reads inside a text, and what of a value is JSON at all."""

from __future__ import annotations

import json
import math
from typing import Any, Final

from jinja2 import Undefined

from shared.graph.expressions.budget import Budget
from shared.graph.expressions.errors import ExpressionError
from shared.graph.expressions.operators import kind_of

_SCALARS: Final = (str, int, float, bool, type(None))


def text_of(budget: Budget, value: Any) -> str:
    """A value within a text: texts as they are, null and missing as nothing, the rest as JSON."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, Undefined):
        return ""
    budget.read(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(json_value(value), ensure_ascii=False, allow_nan=False)


def json_value(value: Any) -> Any:
    """The value as JSON, tuples as lists.

    Raises:
        ExpressionError: it is none, or a number that JSON does not have.
    """
    if isinstance(value, float) and not math.isfinite(value):
        raise ExpressionError(
            "the result is not a number that JSON has", "check for division by zero or overflow"
        )
    if type(value) in _SCALARS:
        return value
    if isinstance(value, Undefined):
        return None
    if isinstance(value, (list, tuple)):
        return [json_value(item) for item in value]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {key: json_value(item) for key, item in value.items()}
    raise ExpressionError(
        f"the result is {kind_of(value)} that JSON does not have",
        "make it a text, number, truth value, list or object",
    )
