"""What flows along edges: JSON, in one canonical form, read-only below its top.

Both engines put every result through `freeze`, so that they cannot differ by how a number is
written or by who changed a list in place.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NoReturn

from shared.graph.errors import ResultError

MAX_DEPTH: Final = 100
MAX_RESULT_BYTES: Final = 4 * 1024 * 1024
"""One node's result as JSON; a Lambda function could not answer with much more."""
_EXACT: Final = 2**53
_SMALL: Final = 64
_SHORT: Final = 4_096


def _read_only(self: Any, *_: Any, **__: Any) -> NoReturn:
    raise TypeError("the data of an item is read-only below its top; copy what you want to change")


class FrozenDict(dict[str, Any]):
    """A JSON object that nobody changes; a copy of it is a plain dict."""

    __slots__ = ()
    __setitem__ = __delitem__ = __ior__ = _read_only
    clear = pop = popitem = setdefault = update = _read_only

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)


NOTHING: Final = FrozenDict()


def nothing() -> FrozenDict:
    """The one empty object; dataclasses want a function for it."""
    return NOTHING


class FrozenList(list[Any]):
    """A JSON array that nobody changes; a copy of it is a plain list."""

    __slots__ = ()
    __setitem__ = __delitem__ = __iadd__ = __imul__ = _read_only
    append = clear = extend = insert = pop = _read_only
    remove = reverse = sort = _read_only

    def __reduce__(self) -> tuple[Any, ...]:
        return list, (list(self),)


class LiveDict(FrozenDict):
    """An object that holds a `LiveList`: `freeze` copies it."""

    __slots__ = ()


class LiveList(FrozenList):
    """An array that its owner alone makes longer: `freeze` copies what is there by then.

    Handing every item of a loop a copy of all results before it would take quadratic time.
    """

    __slots__ = ()

    def grow(self, value: Any) -> None:
        """Adds a frozen value."""
        list.append(self, value)


def freeze(value: Any, name: str = "result") -> Any:
    """The canonical, read-only form of a JSON value.

    Integral floats become integers, integers that JSON readers cannot hold exactly become texts.

    Raises:
        ResultError: it is no JSON; the message names the place inside the value.
    """
    try:
        return _freeze(value, 0)
    except _NoJson as found:
        raise ResultError(f"{name}{_place(value)}: {found}") from None


def freeze_result(value: Any) -> Any:
    """As `freeze`, for what a node returned: it is also refused above 4 MiB.

    Raises:
        ResultError: it is no JSON, or too large.
    """
    frozen = freeze(value)
    if not _is_small(frozen):
        size = json_size(frozen)
        if size > MAX_RESULT_BYTES:
            raise ResultError(
                f"the result is {size:,} bytes of JSON, at most {MAX_RESULT_BYTES:,} are allowed; "
                "store it and return a reference"
            )
    return frozen


def canonical(value: Any) -> str:
    """One text per JSON value, whatever the order of keys."""
    return _CANONICAL.encode(value)


def same(one: Any, other: Any) -> bool:
    """Whether two frozen values are the same JSON."""
    if one is other:
        return True
    for container in (FrozenDict, FrozenList):  # an object that grows is one, too
        if isinstance(one, container) and isinstance(other, container):
            return len(one) == len(other) and canonical(one) == canonical(other)
    if type(one) is not type(other):
        return False
    return bool(one == other)


def json_size(value: Any) -> int:
    """Bytes as compact JSON with escapes: at least what any store or wire needs."""
    return len(_COMPACT.encode(value))


_CANONICAL: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)
_COMPACT: Final = json.JSONEncoder(separators=(",", ":"), allow_nan=False, check_circular=False)
_BARE: Final[dict[type, Callable[[Any], Any]]] = {
    str: str.__str__,
    int: int.__int__,
    float: float.__float__,
}
_CONTAINERS: Final = frozenset({FrozenDict, FrozenList})


_SCALARS: Final = frozenset({str, int, float, bool, type(None)})


class _NoJson(Exception):  # noqa: N818 - never leaves this module
    """Why a value is no JSON; where it stands is only looked for when that happens."""


def _freeze(value: Any, depth: int) -> Any:
    kind = type(value)
    if kind is str:
        return value if value.isascii() else _text(value)
    if kind is int:
        return value if -_EXACT < value < _EXACT else str(value)
    if value is None or kind is bool or kind is FrozenDict or kind is FrozenList:
        return value
    if kind is float:
        return _number(value)
    if depth > MAX_DEPTH:
        raise _NoJson(f"nested deeper than {MAX_DEPTH} levels")
    depth += 1
    if kind is dict or isinstance(value, Mapping):
        return FrozenDict({_key(k): _freeze(v, depth) for k, v in value.items()})
    if kind is list or isinstance(value, (list, tuple)):
        return FrozenList([_freeze(v, depth) for v in value])
    for plain, bare in _BARE.items():
        if isinstance(value, plain):
            return _freeze(bare(value), depth)
    raise _NoJson(f"a {kind.__name__} is no JSON")


def _place(value: Any, depth: int = 0) -> str:
    """The way to the first part of a value that is no JSON."""
    parts: Iterable[tuple[str, Any]] = ()
    if isinstance(value, Mapping):
        parts = ((f".{key}", one) for key, one in value.items() if isinstance(key, str))
    elif isinstance(value, (list, tuple)):
        parts = ((f"[{number}]", one) for number, one in enumerate(value))
    for step, part in parts if depth < MAX_DEPTH else ():
        try:
            _freeze(part, depth + 1)
        except _NoJson:
            return step + _place(part, depth + 1)
    return ""


def _is_small(value: Any) -> bool:
    """Whether a glance is enough to see that the value is not too large."""
    kind = type(value)
    if kind is FrozenDict:
        return len(value) <= _SMALL and all(map(_is_short, value.values()))
    return _is_short(value)


def _is_short(value: Any) -> bool:
    kind = type(value)
    return kind in _SCALARS and (kind is not str or len(value) <= _SHORT)


def _key(key: Any) -> str:
    if type(key) is str and key.isascii():
        return key
    if not isinstance(key, str):
        raise _NoJson(f"the key {key!r} is a {type(key).__name__}, not a text")
    return _text(str.__str__(key))


def _text(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise _NoJson("a text that is no Unicode (half a surrogate pair)") from None
    return value


def _number(value: float) -> Any:
    if value != value or value in (float("inf"), float("-inf")):
        raise _NoJson(f"{value} is no JSON number")
    return _freeze(int(value), 0) if value.is_integer() else value
