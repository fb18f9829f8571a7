"""The functions and methods that a text may call; nothing else can be called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from shared.graph.expressions.budget import Budget
from shared.graph.expressions.errors import ExpressionError
from shared.graph.expressions.operators import join, kind_of

Callee = Callable[..., Any]
"""Gets the budget first."""


CALLED: Final = "_called_"
"""Leads the name of a method where it is called; elsewhere a name is a key, as in `data.items`."""


class Allowed:
    """A function that may be called from a text, bound to what it was found on."""

    __slots__ = ("_bound", "_function", "name")

    def __init__(self, name: str, function: Callee, *bound: Any) -> None:
        self.name, self._function, self._bound = name, function, bound

    def __call__(self, budget: Budget, *args: Any, **kwargs: Any) -> Any:
        """The result, charged for what was read and built."""
        for value in (*self._bound, *args, *kwargs.values()):
            budget.read(value)
        return budget.built(self._function(budget, *self._bound, *args, **kwargs))


def method(value: Any, name: str) -> Allowed | None:
    """The method of a text, list or object, if it is offered."""
    for kind, offered in _METHODS.items():
        if isinstance(value, kind) and name in offered:
            return Allowed(name, offered[name], value)
    return None


def replaced(budget: Budget, text: str, old: str, new: str, count: int = -1) -> str:
    """`text.replace(old, new)`, measured first."""
    text, old, new = _text(text), _text(old), _text(new)
    found = text.count(old)
    times = found if count < 0 else min(found, count)
    budget.write(len(text) + times * len(new))
    return text.replace(old, new, count)


def joined(budget: Budget, separator: str, items: Any) -> str:
    """`separator.join(items)`, measured first."""
    return join(budget, [_text(item) for item in items], _text(separator))


def _split(budget: Budget, text: str, separator: str | None = None, times: int = -1) -> list[str]:
    budget.spend(len(text))
    return text.split(separator, times)


def _range(budget: Budget, *bounds: int) -> list[int]:
    counted = range(*bounds)
    budget.spend(len(counted))
    return list(counted)


def _sum(_: Budget, items: Any, start: float = 0) -> Any:
    if not all(isinstance(item, (int, float)) for item in (start, *items)):
        raise ExpressionError("sum adds numbers only", "leave out what is no number")
    return sum(items, start)


def _round(_: Budget, number: Any, digits: int = 0) -> Any:
    if abs(digits) > 100:
        raise ExpressionError(f"round to {digits} digits is asked for", "use -100 to 100")
    return round(number, digits or None)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ExpressionError(f"a text is needed, not {kind_of(value)}", "use the filter string")
    return value


def _plain(function: Any) -> Callee:
    return lambda _, *args, **kwargs: function(*args, **kwargs)


def _listed(function: Any) -> Callee:
    return lambda _, *args, **kwargs: [
        list(item) if isinstance(item, tuple) else item for item in function(*args, **kwargs)
    ]


def _string(_: Budget, value: Any = "") -> str:
    return str(value) if isinstance(value, (str, int, float, bool)) else _text(value)


_TEXT: Final = (
    "upper", "lower", "title", "capitalize", "swapcase", "strip", "lstrip", "rstrip",
    "startswith", "endswith", "find", "count", "removeprefix", "removesuffix",
    "isdigit", "isalpha", "isalnum", "isnumeric", "isspace", "isupper", "islower",
)  # fmt: skip
_METHODS: Final[dict[type, dict[str, Callee]]] = {
    str: {name: _plain(getattr(str, name)) for name in _TEXT}
    | {"split": _split, "splitlines": lambda b, t: _split(b, t, "\n"), "replace": replaced}
    | {"join": joined},
    dict: {name: _listed(getattr(dict, name)) for name in ("keys", "values", "items")}
    | {"get": _plain(dict.get)},
    list: {name: _plain(getattr(list, name)) for name in ("index", "count")},
}
_FUNCTIONS: Final[dict[str, Callee]] = {
    "range": _range, "len": _plain(len), "min": _plain(min), "max": _plain(max),
    "sum": _sum, "round": _round, "abs": _plain(abs), "any": _plain(any), "all": _plain(all),
    "sorted": _plain(sorted), "str": _string, "int": _plain(int), "float": _plain(float),
    "bool": _plain(bool), "list": _plain(list),
}  # fmt: skip
FUNCTIONS: Final = {name: Allowed(name, function) for name, function in _FUNCTIONS.items()}
