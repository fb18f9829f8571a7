"""Paths that stay inside a space: `reports/march.csv`, and nothing that leads out of it."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Final

_LONGEST: Final = 512
_WILD: Final = frozenset("*?[")


class PathRefusedError(ValueError):
    """A path that leads, or might lead, out of its space."""

    error_type: Final = "PathRefused"


def confined(path: str) -> str:
    """The path as every store understands it.

    Raises:
        PathRefusedError: it is none, or leads elsewhere.
    """
    if not path or len(path) > _LONGEST:
        raise PathRefusedError(f"{path!r:.80}: write a path of 1 to {_LONGEST} characters")
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in path):
        raise PathRefusedError(f"{path!r:.80}: control characters are in no path")
    if path.startswith("/") or "\\" in path or path[1:2] == ":":
        raise PathRefusedError(f"{path!r:.80}: begin with a folder or file, and divide by /")
    if any(step in ("", ".", "..") for step in path.split("/")):
        raise PathRefusedError(f"{path!r:.80}: leave out '..', '.' and empty parts")
    return path


def fixed_part(pattern: str) -> str:
    """What all paths of a pattern begin with."""
    fixed: list[str] = []
    for step in pattern.split("/"):
        if _WILD & set(step):
            break
        fixed.append(step + "/")
    return "".join(fixed).rstrip("/") if len(fixed) == pattern.count("/") + 1 else "".join(fixed)


def matches(path: str, pattern: str) -> bool:
    """Whether `*` inside a part, or `**` for any number of parts, make the pattern the path."""
    return _match(path.split("/"), pattern.split("/"))


def _match(steps: list[str], wanted: list[str]) -> bool:
    if not wanted:
        return not steps
    if wanted[0] == "**":
        rest = wanted[1:]
        while rest[:1] == ["**"]:
            rest = rest[1:]
        return any(_match(steps[number:], rest) for number in range(len(steps) + 1))
    return bool(steps) and fnmatchcase(steps[0], wanted[0]) and _match(steps[1:], wanted[1:])
