"""Templates: texts with `{{ }}`, `{% %}` and `${name}` in a node's configuration."""

from __future__ import annotations

from typing import Any

from shared.graph.expressions.budget import Budget
from shared.graph.expressions.errors import ExpressionError
from shared.graph.expressions.programs import Scope, template_program

_MARKS = ("{{", "{%", "{#", "${")


def is_template(text: str) -> bool:
    """Whether the text has anything to render."""
    return any(mark in text for mark in _MARKS)


def render(
    text: str, scope: Scope, *, budget: Budget | None = None, changes: dict[str, Any] | None = None
) -> Any:
    """The rendered text; a text that is exactly one expression keeps its value's type.

    Args:
        text: what to render.
        scope: the names that it may use; what is missing is empty.
        budget: what it may spend; a fresh one if none.
        changes: takes what the filters `set_runtime` and `delete_runtime` ask for.

    Raises:
        ExpressionError: the text is wrong, or does too much.
    """
    if not is_template(text):
        return text
    budget = budget or Budget()
    rendered = template_program(text).run(scope, budget)
    if changes is not None:
        changes.update(budget.changes)
    return rendered


def render_all(value: Any, scope: Scope, *, changes: dict[str, Any] | None = None) -> Any:
    """A configuration with every text in it rendered; an error names the field.

    Raises:
        ExpressionError: see `render`; `field` is the path of the text.
    """
    if isinstance(value, str):
        return render(value, scope, changes=changes)
    if isinstance(value, dict):
        return {k: _within(str(k), v, scope, changes) for k, v in value.items()}
    if isinstance(value, list):
        return [_within(f"[{i}]", v, scope, changes) for i, v in enumerate(value)]
    return value


def check(text: str) -> None:
    """Parses without running.

    Raises:
        ExpressionError: the text does not parse, or asks for what is not offered.
    """
    if is_template(text):
        template_program(text)


def _within(field: str, value: Any, scope: Scope, changes: dict[str, Any] | None) -> Any:
    try:
        return render_all(value, scope, changes=changes)
    except ExpressionError as error:
        raise error.at(field) from None
