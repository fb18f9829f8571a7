"""Conditions of statements: the operators and keys that the laptop can tell the truth about.

Source of the rules: IAM's reference of condition operators.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

KEYS: Final = frozenset(
    {
        "aws:PrincipalArn",
        "aws:PrincipalAccount",
        "aws:SecureTransport",
        "aws:SourceAccount",
        "aws:SourceArn",
        "dynamodb:LeadingKeys",
        "events:detail-type",
        "events:source",
        "iam:PassedToService",
        "lambda:SourceFunctionArn",
    }
)
"""Keys whose value is known for every request that has one."""

_KNOWN: Final = {key.lower() for key in KEYS}

Values = tuple[str, ...]


class UnknownConditionError(ValueError):
    """A condition that the laptop cannot judge; it would lie by passing it over."""


@lru_cache(maxsize=1024)
def pattern(text: str) -> re.Pattern[str]:
    """IAM's wildcards: `*` is any text, `?` any one character."""
    escaped = re.escape(text).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(escaped, re.DOTALL)


def _like(value: str, wanted: str) -> bool:
    return pattern(wanted).fullmatch(value) is not None


_OPERATORS: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "StringEquals": lambda value, wanted: value == wanted,
    "StringEqualsIgnoreCase": lambda value, wanted: value.lower() == wanted.lower(),
    "StringLike": _like,
    "ArnEquals": _like,
    "ArnLike": _like,
    "Bool": lambda value, wanted: value.lower() == wanted.lower(),
}
_NEGATED: Final[Mapping[str, str]] = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}


def check(conditions: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuses conditions that nobody here could judge.

    Raises:
        UnknownConditionError: it names the operator or the key.
    """
    for operator, wanted in conditions.items():
        name = operator.rpartition(":")[2].removesuffix("IfExists")
        if name not in _OPERATORS and name not in _NEGATED and name != "Null":
            raise UnknownConditionError(
                f"the laptop does not know the condition operator {operator}; add it to "
                "local/access/conditions.py"
            )
        for key in wanted:
            if key.lower() not in _KNOWN:
                raise UnknownConditionError(
                    f"the laptop does not know the condition key {key}; give requests its value in "
                    "local/access/calls.py and name it in local/access/conditions.py"
                )


def hold(conditions: Mapping[str, Mapping[str, Any]], context: Mapping[str, Values]) -> bool:
    """Whether every condition is true of a request's context; keys have no case."""
    given = {key.lower(): values for key, values in context.items()}
    return all(
        _holds(operator, given.get(key.lower()), _listed(values))
        for operator, wanted in conditions.items()
        for key, values in wanted.items()
    )


def _holds(operator: str, given: Values | None, wanted: Values) -> bool:
    quantifier, _, name = operator.rpartition(":")
    if name == "Null":
        return (given is None) == (wanted == ("true",))
    optional = name.endswith("IfExists")
    name = name.removesuffix("IfExists")
    negated = name in _NEGATED
    test = _OPERATORS[_NEGATED.get(name, name)]
    if given is None:
        # A negated operator is true of what is absent, and so is "all values of none".
        return optional or negated or quantifier == "ForAllValues"
    single = (any(test(value, one) for one in wanted) != negated for value in given)
    return all(single) if quantifier == "ForAllValues" else any(single)


def _listed(value: Any) -> Values:
    return tuple(map(_text, value)) if isinstance(value, list) else (_text(value),)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
