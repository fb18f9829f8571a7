"""Conditions: one expression that is true or not.

Python's comparisons read as they stand. A condition that was written around `{{ }}`, as seed 001's
forms allowed, reads as the expressions inside.
"""

from __future__ import annotations

import re
from typing import Any, Final

from shared.graph.expressions.budget import Budget
from shared.graph.expressions.errors import ExpressionError
from shared.graph.expressions.programs import Scope, expression_program

_QUOTED: Final = re.compile(r"""(['"])\s*\{\{(.*?)\}\}\s*\1""", re.DOTALL)
_BARE: Final = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


def evaluate(text: str, scope: Scope, *, budget: Budget | None = None) -> Any:
    """The value of an expression.

    Raises:
        ExpressionError: a path is missing, the text is wrong, or it does too much.
    """
    return expression_program(_unbraced(text)).run(scope, budget)


def holds(text: str, scope: Scope) -> bool:
    """Whether a condition is true; an empty one is not.

    Raises:
        ExpressionError: see `evaluate`.
    """
    return bool(evaluate(text, scope)) if text.strip() else False


def check_condition(text: str) -> None:
    """Parses without running.

    Raises:
        ExpressionError: the text is empty, does not parse, or asks for what is not offered.
    """
    if not text.strip():
        raise ExpressionError("the condition is empty", "write one, such as data.value > 3")
    expression_program(_unbraced(text))


def _unbraced(text: str) -> str:
    if "{{" not in text:
        return text
    return _BARE.sub(r"(\1)", _QUOTED.sub(r"((\2)|string)", text))
