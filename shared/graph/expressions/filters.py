"""The filters and tests that are offered, each charged for what it reads and builds."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote

from jinja2 import Undefined, pass_context
from jinja2 import filters as jinja
from jinja2.runtime import Context
from jinja2.tests import TESTS as JINJA_TESTS

from shared.graph.expressions.budget import Budget
from shared.graph.expressions.methods import FUNCTIONS, joined, replaced
from shared.graph.expressions.operators import join, kind_of
from shared.graph.expressions.output import json_value, text_of

Function = Callable[..., Any]


def _charged(function: Function) -> Function:
    """A filter whose function gets the budget first."""

    @pass_context
    def wrapped(context: Context, value: Any, *args: Any, **kwargs: Any) -> Any:
        budget: Budget = context.parent["_budget"]
        for given in (value, *args, *kwargs.values()):
            budget.read(given)
        return budget.built(_kept(budget, function(budget, value, *args, **kwargs)))

    return wrapped


def _of_jinja(function: Any) -> Function:
    """One of Jinja's filters or tests, which may want its environment or context, charged."""
    wants = getattr(function, "jinja_pass_arg", None)
    leading_of: dict[str, Callable[[Context], list[Any]]] = {
        "context": lambda context: [context],
        "environment": lambda context: [context.environment],
    }

    @pass_context
    def wrapped(context: Context, value: Any, *args: Any, **kwargs: Any) -> Any:
        budget: Budget = context.parent["_budget"]
        for given in (value, *args, *kwargs.values()):
            budget.read(given)
        leading = leading_of[wants.name](context) if wants else []
        return budget.built(_kept(budget, function(*leading, value, *args, **kwargs)))

    return wrapped


def _kept(budget: Budget, made: Any) -> Any:
    """Lazy results as lists, so that nothing escapes the count; tuples as lists."""
    if isinstance(made, tuple):
        return list(made)
    if isinstance(made, (str, list, Mapping, Undefined)) or not isinstance(made, Iterable):
        return made
    return [list(item) if isinstance(item, tuple) else item for item in budget.counted(made)]


def _join(budget: Budget, items: Any, separator: str = "", attribute: str = "") -> str:
    if attribute:
        items = [item.get(attribute) for item in items]
    return joined(budget, separator, [text_of(budget, item) for item in items])


def _center(budget: Budget, text: str, width: int = 80) -> str:
    left = max(0, width - len(text)) // 2
    budget.write(max(width, len(text)))
    return " " * left + text + " " * (max(0, width - len(text)) - left)


def _indent(budget: Budget, text: str, width: int = 4, first: bool = False) -> str:
    lines = text.split("\n")
    budget.write(len(text) + width * len(lines))
    margin = " " * width
    led = [margin + line if line and (first or i) else line for i, line in enumerate(lines)]
    return join(budget, led, "\n")


def _truncate(_: Budget, text: str, length: int = 255, end: str = "...") -> str:
    return text if len(text) <= length else text[: max(0, length - len(end))].rstrip() + end


def _tojson(_: Budget, value: Any) -> str:
    return json.dumps(json_value(value), ensure_ascii=False, allow_nan=False)


def _fromjson(_: Budget, text: str) -> Any:
    return json_value(json.loads(text))


def _reverse(_: Budget, value: Any) -> Any:
    return value[::-1] if isinstance(value, (str, list)) else list(value)[::-1]


def _string(budget: Budget, value: Any) -> str:
    return text_of(budget, value)


def _set_runtime(budget: Budget, value: Any, key: str, change: Any) -> Any:
    budget.changes[str(key)] = json_value(change)
    return value


def _delete_runtime(budget: Budget, value: Any, key: str) -> Any:
    budget.changes[str(key)] = None
    return value


def _on_text(name: str) -> Function:
    function: Any = getattr(str, name)
    return lambda budget, value, *args: function(text_of(budget, value), *args)


def _same(name: str) -> Function:
    function = FUNCTIONS[name]
    return lambda budget, value, *args: function(budget, value, *args)


def _length(_: Budget, value: Any) -> int:
    return 0 if isinstance(value, Undefined) else len(value)


def _items(_: Budget, value: Any) -> Any:
    if isinstance(value, Undefined):
        return []
    if not isinstance(value, Mapping):
        raise TypeError(f"items needs an object, not {kind_of(value)}")
    return list(value.items())


_OWN: Final[dict[str, Function]] = {
    "join": _join, "center": _center, "indent": _indent, "truncate": _truncate,
    "tojson": _tojson, "fromjson": _fromjson, "reverse": _reverse, "string": _string,
    "set_runtime": _set_runtime, "delete_runtime": _delete_runtime, "items": _items,
    "length": _length, "count": _length, "sum": _same("sum"), "round": _same("round"),
    "abs": _same("abs"), "list": lambda _, v: list(v),
    "trim": _on_text("strip"), "upper": _on_text("upper"),
    "lower": _on_text("lower"), "title": _on_text("title"), "capitalize": _on_text("capitalize"),
    "split": _on_text("split"), "replace": lambda b, v, *a: replaced(b, text_of(b, v), *a),
    "urlencode": lambda b, v: quote(text_of(b, v), safe=""),
}  # fmt: skip
_PICKED: Final = (
    "default", "d", "first", "last", "float", "int", "map", "select", "reject",
    "selectattr", "rejectattr", "sort", "unique", "min", "max", "dictsort", "wordcount",
)  # fmt: skip
FILTERS: Final[Mapping[str, Function]] = {
    **{name: _charged(function) for name, function in _OWN.items()},
    **{name: _of_jinja(jinja.FILTERS[name]) for name in _PICKED},
}

_OFFERED_TESTS: Final = (
    "defined", "undefined", "none", "true", "false", "boolean", "number", "integer", "float",
    "string", "mapping", "sequence", "iterable", "even", "odd", "divisibleby", "in",
    "eq", "ne", "lt", "le", "gt", "ge", "equalto", "lessthan", "greaterthan",
    "==", "!=", "<", "<=", ">", ">=",
)  # fmt: skip
TESTS: Final[Mapping[str, Function]] = {
    **{name: _of_jinja(JINJA_TESTS[name]) for name in _OFFERED_TESTS},
    **{name: _of_jinja(JINJA_TESTS[name.lower()]) for name in ("None", "True", "False")},
}
