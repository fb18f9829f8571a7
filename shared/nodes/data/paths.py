"""Places inside data: `lead.name`, `items.0.value`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

ABSENT: Final = object()


def read(data: Any, path: str) -> Any:
    """What stands at exactly this place, or `ABSENT`."""
    for step in path.split("."):
        if isinstance(data, Mapping):
            data = data.get(step, ABSENT)
        elif isinstance(data, list) and step.isdecimal() and int(step) < len(data):
            data = data[int(step)]
        else:
            return ABSENT
        if data is ABSENT:
            return ABSENT
    return data


def written(data: Any, path: str, value: Any) -> dict[str, Any]:
    """A copy of an object with another value at a place; objects on the way are made.

    Raises:
        ValueError: something else than an object is in the way.
    """
    if data is ABSENT or data is None:
        data = {}
    if not isinstance(data, Mapping):
        raise ValueError(f"{path}: {data!r:.80} is no object; choose another place")
    step, _, rest = path.partition(".")
    return {**data, step: written(data.get(step), rest, value) if rest else value}


def without(data: Any, path: str) -> Any:
    """A copy of an object that lacks what stands at a place."""
    step, _, rest = path.partition(".")
    if not isinstance(data, Mapping) or step not in data:
        return data
    if rest:
        return {**data, step: without(data[step], rest)}
    return {name: value for name, value in data.items() if name != step}


def list_at(data: Mapping[str, Any], source: Any) -> Sequence[Any]:
    """The list that a field names by its place, or is itself.

    Raises:
        ValueError: there is no list; the message says what there is.
    """
    found = read(data, source.removeprefix("data.")) if isinstance(source, str) else source
    if isinstance(found, list | tuple):
        return found
    what = "nothing" if found is ABSENT else f"{found!r:.80}"
    there = f"the data has {', '.join(data) or 'nothing'}"
    raise ValueError(f"a list is wanted at {source!r:.80} and {what} is there; {there}")
