"""Templates and conditions of users' graphs: Jinja2, sandboxed, bounded by counted steps.

    render("Dear {{ data.name }}", scope)      # 'Dear Ada'; what is missing is empty
    render("{{ data.tags }}", scope)           # ['a', 'b']: exactly one expression keeps its type
    holds("data.value > 50000", scope)         # True; what is missing is an error that names it
    check("{{ data.name")                      # raises ExpressionError without running anything

A scope is a mapping of the names that a text may use: `data`, `workflowenv`, `runtime`,
`variables` and `nodes`. Every call ends with a JSON value or with `ExpressionError`.
"""

from shared.graph.expressions.comparisons import OPERATORS, compare
from shared.graph.expressions.conditions import check_condition, evaluate, holds
from shared.graph.expressions.errors import ExpressionError
from shared.graph.expressions.fields import find_field
from shared.graph.expressions.templates import check, is_template, render, render_all

__all__ = [
    "OPERATORS",
    "ExpressionError",
    "check",
    "check_condition",
    "compare",
    "evaluate",
    "find_field",
    "holds",
    "is_template",
    "render",
    "render_all",
]
