"""The one matcher of event patterns: EventBridge's content filtering, for any JSON object.

A pattern is parsed once, and only then matched: what does not parse is an error that names the key.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from shared.events.conditions import Condition, InvalidPatternError, condition

__all__ = ["InvalidPatternError", "Pattern"]

ABSENT: Final = object()
MAX_LENGTH: Final = 2048
"""EventBridge's quota, in characters: a rule made of the pattern must fit."""
MAX_DEPTH: Final = 50


class Pattern:
    """A parsed pattern."""

    def __init__(self, pattern: str | Mapping[str, Any]) -> None:
        """Parses it.

        Raises:
            InvalidPatternError: it is no pattern; the message names the key and the mend.
        """
        read = _read(pattern)
        self.source: Final = read
        self._root = _Fields(read, "")

    def matches(self, event: Mapping[str, Any]) -> bool:
        """Whether the event is wanted; one that is nested too deep to look into is not."""
        try:
            return self._root.match(event)
        except RecursionError:
            return False

    def __repr__(self) -> str:
        return f"Pattern({json.dumps(self.source)})"


class _Fields:
    """An object of a pattern: every field and one alternative of each `$or` must match."""

    def __init__(self, pattern: Mapping[str, Any], path: str) -> None:
        if not pattern:
            raise InvalidPatternError(path, "is empty; name a field in it")
        if path.count(".") >= MAX_DEPTH:
            raise InvalidPatternError(path[:40], f"is nested more than {MAX_DEPTH} deep")
        self._inner: dict[str, _Fields] = {}
        self._leaves: dict[str, tuple[Condition, ...]] = {}
        self._either: list[_Fields] = []
        for name, wanted in pattern.items():
            self._add(name, wanted, f"{path}.{name}" if path else name)

    def _add(self, name: str, wanted: Any, path: str) -> None:
        if name == "$or":
            self._either = _alternatives(wanted, path)
        elif isinstance(wanted, Mapping):
            self._inner[name] = _Fields(wanted, path)
        elif isinstance(wanted, list) and wanted:
            self._leaves[name] = tuple(condition(one, path) for one in wanted)
        else:
            raise InvalidPatternError(path, "must be an object or an array that is not empty")

    def match(self, node: Any) -> bool:
        """An array of objects matches if one of its objects does, by itself."""
        if isinstance(node, list) and node:
            return any(self.match(one) for one in node)
        fields = node if isinstance(node, Mapping) else {}
        return (
            all(_leaf(fields.get(n, ABSENT), wanted) for n, wanted in self._leaves.items())
            and all(inner.match(fields.get(n)) for n, inner in self._inner.items())
            and (not self._either or any(one.match(node) for one in self._either))
        )


def _alternatives(wanted: Any, path: str) -> list[_Fields]:
    if not isinstance(wanted, list) or len(wanted) < 2:
        raise InvalidPatternError(path, "must be an array of two or more objects")
    if not all(isinstance(one, Mapping) for one in wanted):
        raise InvalidPatternError(path, "holds what is not an object; write {field: [values]}")
    return [_Fields(one, f"{path}[{place}]") for place, one in enumerate(wanted)]


def _leaf(value: Any, wanted: Sequence[Condition]) -> bool:
    values = _leaves(value)
    return any(one.match(values) for one in wanted)


def _leaves(value: Any) -> list[Any]:
    """The values of a field: conditions are for leaves, an object has none, an array several."""
    if value is ABSENT or isinstance(value, Mapping):
        return []
    if isinstance(value, list | tuple):
        return [leaf for one in value for leaf in _leaves(one)]
    return [value]


def _read(pattern: str | Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        text = pattern if isinstance(pattern, str) else json.dumps(pattern)
        read = json.loads(text)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidPatternError("", f"is not JSON: {error}") from None
    if len(text) > MAX_LENGTH:
        raise InvalidPatternError("", f"has {len(text)} characters; {MAX_LENGTH} are allowed")
    if not isinstance(read, dict):
        raise InvalidPatternError("", "must be a JSON object")
    return read
