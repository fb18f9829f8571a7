"""A field of a node's inputs by its dot path, found as seed 003 found it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

ABSENT: Final = object()
"""Stands for a field that is not there, which null is not."""

_USUAL: Final = ("data", "items", "output", "value", "result")


def find_field(inputs: Mapping[str, Any], path: str) -> Any:
    """The value at a path, or `ABSENT`.

    A number indexes a list; a name applied to a list is looked for in its items. A path that leads
    nowhere is tried within the usual keys `data`, `items`, `output`, `value` and `result`.
    """
    for start in (inputs, *(inputs[key] for key in _USUAL if key in inputs)):
        found = _walk(start, path.split("."))
        if found is not ABSENT:
            return found
    return ABSENT


def _walk(value: Any, steps: list[str]) -> Any:
    for step in steps:
        value = _step(value, step)
        if value is ABSENT:
            return ABSENT
    return value


def _step(value: Any, step: str) -> Any:
    value = _read(value)
    if isinstance(value, Mapping):
        return value.get(step, ABSENT)
    if not isinstance(value, list):
        return ABSENT
    if step.isdigit():
        return value[int(step)] if int(step) < len(value) else ABSENT
    within = (_read(item) for item in value)
    return next(
        (item[step] for item in within if isinstance(item, Mapping) and step in item), ABSENT
    )


def _read(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
