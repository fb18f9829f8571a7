"""What an event pattern may ask of a value: each kind of EventBridge's content filtering."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

Test = Callable[[Any], bool]

NUMBERS: Final = 5_000_000_000
"""EventBridge compares numbers between minus this and this."""

_OPERATORS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


class InvalidPatternError(ValueError):
    """A pattern that does not parse; the message names the key and the mend."""

    def __init__(self, key: str, problem: str) -> None:
        super().__init__(f"{key or 'the pattern'} {problem}")
        self.key = key


@dataclass(frozen=True, slots=True)
class Condition:
    """Asks one thing of a field."""

    test: Test
    """Of one value."""
    of_absence: bool = False
    """Whether it wants that there is no value."""

    def match(self, values: Sequence[Any]) -> bool:
        """Whether one of the values passes; an absent field has none."""
        if self.of_absence:
            return not values
        return any(self.test(value) for value in values)


def condition(wanted: Any, path: str) -> Condition:
    """The condition of one entry of a pattern's array.

    Raises:
        InvalidPatternError: EventBridge has no such condition.
    """
    if not isinstance(wanted, Mapping):
        return Condition(_exactly(wanted, path))
    kind, value = _only(wanted, path)
    if kind == "exists":
        if not isinstance(value, bool):
            raise InvalidPatternError(f"{path}.exists", "must be true or false")
        return Condition(lambda _: True, of_absence=not value)
    make = _KINDS.get(kind)
    if make is None:
        raise InvalidPatternError(
            f"{path}.{kind}", f"is no condition; there are exists, {', '.join(sorted(_KINDS))}"
        )
    return Condition(make(value, f"{path}.{kind}"))


def _only(wanted: Mapping[str, Any], path: str) -> tuple[str, Any]:
    if len(wanted) != 1:
        raise InvalidPatternError(path, f"wants one condition per object, not {sorted(wanted)}")
    return next(iter(wanted.items()))


def _exactly(wanted: Any, path: str) -> Test:
    """Text by text; numbers by how JSON writes them, so 300 is not 300.0; true is not 1."""
    if isinstance(wanted, str):
        return lambda value: isinstance(value, str) and value == wanted
    if wanted is None or isinstance(wanted, bool):
        return lambda value: value is wanted
    if isinstance(wanted, int | float):
        text = json.dumps(wanted)
        return lambda value: _number(value) and _written(value) == text
    raise InvalidPatternError(path, "may hold texts, numbers, true, false, null and conditions")


def _number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _written(value: Any) -> str:
    return str(value) if isinstance(value, Decimal) else json.dumps(value)


def _text(value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise InvalidPatternError(path, "must be a text")
    return value


def _beginning(value: Any, path: str) -> Test:
    return _edge(value, path, str.startswith)


def _ending(value: Any, path: str) -> Test:
    return _edge(value, path, str.endswith)


def _edge(value: Any, path: str, edge: Callable[[str, str], bool]) -> Test:
    if not isinstance(value, Mapping):
        wanted = _text(value, path)
        return lambda told: isinstance(told, str) and edge(told, wanted)
    kind, inner = _only(value, path)
    if kind != "equals-ignore-case":
        raise InvalidPatternError(f"{path}.{kind}", "must be equals-ignore-case or a text")
    folded = _text(inner, f"{path}.{kind}").lower()
    return lambda told: isinstance(told, str) and edge(told.lower(), folded)


def _ignoring_case(value: Any, path: str) -> Test:
    wanted = _text(value, path).lower()
    return lambda told: isinstance(told, str) and told.lower() == wanted


def _wildcard(value: Any, path: str) -> Test:
    parts = _parts(_text(value, path), path)
    return lambda told: isinstance(told, str) and _globs(told, parts)


def _parts(wanted: str, path: str) -> list[str]:
    """The texts between the asterisks; a backslash takes an asterisk or backslash as it is."""
    parts, place = [""], 0
    while place < len(wanted):
        letter = wanted[place]
        following = wanted[place + 1 : place + 2]
        if letter == "\\":
            if following not in ("*", "\\"):
                raise InvalidPatternError(path, "has a backslash before neither * nor \\")
            parts[-1] += following
            place += 1
        elif letter == "*":
            if following == "*":
                raise InvalidPatternError(path, "has two asterisks in a row; write one")
            parts.append("")
        else:
            parts[-1] += letter
        place += 1
    return parts


def _globs(told: str, parts: Sequence[str]) -> bool:
    """Linear, whatever is asked: the parts are looked for one after the other."""
    if len(parts) == 1:
        return told == parts[0]
    first, *middle, last = parts
    if len(told) < len(first) + len(last) or not told.startswith(first):
        return False
    place, end = len(first), len(told) - len(last)
    for part in middle:
        found = told.find(part, place, end)
        if found < 0:
            return False
        place = found + len(part)
    return told.endswith(last)


def _numeric(value: Any, path: str) -> Test:
    if not isinstance(value, list) or len(value) not in (2, 4):
        raise InvalidPatternError(path, 'must be ["<", 5] or a range such as [">", 0, "<=", 5]')
    pairs = [_comparison(value[at], value[at + 1], path) for at in range(0, len(value), 2)]
    if len(pairs) == 2:
        (low, lower), (high, upper) = pairs
        if low not in (">", ">=") or high not in ("<", "<=") or lower >= upper:
            raise InvalidPatternError(path, "has no range: write > or >= and then < or <= a larger")
    tests = [(_OPERATORS[sign], limit) for sign, limit in pairs]

    def test(told: Any) -> bool:
        return (
            _number(told)
            and -NUMBERS <= told <= NUMBERS
            and all(holds(told, limit) for holds, limit in tests)
        )

    return test


def _comparison(sign: Any, limit: Any, path: str) -> tuple[str, float]:
    if not isinstance(sign, str) or sign not in _OPERATORS:
        raise InvalidPatternError(path, f"has operator {sign!r}; there are {', '.join(_OPERATORS)}")
    if not _number(limit) or not -NUMBERS <= limit <= NUMBERS:
        raise InvalidPatternError(path, f"wants a number from -5e9 to 5e9 after {sign}")
    return sign, limit


def _cidr(value: Any, path: str) -> Test:
    import ipaddress  # most processes ask for no addresses

    try:
        network = ipaddress.ip_network(_text(value, path), strict=False)
    except ValueError:
        raise InvalidPatternError(
            path, "must be a block such as 10.0.0.0/24 or 2001:db8::/32"
        ) from None

    def test(told: Any) -> bool:
        try:
            return isinstance(told, str) and ipaddress.ip_address(told) in network
        except ValueError:
            return False

    return test


def _anything_but(value: Any, path: str) -> Test:
    if isinstance(value, Mapping):
        kind, inner = _only(value, path)
        make = _BUT.get(kind)
        if make is None:
            raise InvalidPatternError(f"{path}.{kind}", f"must be one of {', '.join(sorted(_BUT))}")
        unwanted = [make(one, f"{path}.{kind}") for one in _several(inner, f"{path}.{kind}")]
    else:
        several = _several(value, path)
        if not all(isinstance(one, str) for one in several) and not all(map(_number, several)):
            raise InvalidPatternError(path, "must be a text, a number, or a list of one of them")
        unwanted = [_exactly(one, path) for one in several]
    return lambda told: not any(test(told) for test in unwanted)


def _several(value: Any, path: str) -> list[Any]:
    several = value if isinstance(value, list) else [value]
    if not several:
        raise InvalidPatternError(path, "is empty; name what is not wanted")
    return several


_BUT: Final[Mapping[str, Callable[[Any, str], Test]]] = {
    "prefix": _beginning,
    "suffix": _ending,
    "equals-ignore-case": _ignoring_case,
    "wildcard": _wildcard,
}
_KINDS: Final[Mapping[str, Callable[[Any, str], Test]]] = {
    **_BUT,
    "numeric": _numeric,
    "cidr": _cidr,
    "anything-but": _anything_but,
}
