"""Patterns tell true from 1 and look into arrays of objects, as EventBridge does.

moto compares with Python's ==, to which true is 1, and treats an array of objects as one value,
which no nested pattern ever matches. Its filters (prefix, numeric, ...) are kept.
"""

from __future__ import annotations

from typing import Any, Final

from moto.events.models import UNDEFINED, EventPattern

from local.seams.replacing import replace

_BOOLEANS: Final = {True: object(), False: object()}
"""What stands for true and false: equal to itself only, and to filters neither text nor number."""


def _matches_event(self: Any, event: Any) -> bool:
    return not self._pattern or _matches(event, self._pattern)


def _matches(node: Any, pattern: dict[str, Any]) -> bool:
    if isinstance(node, list):
        return any(_matches(one, pattern) for one in node)
    return all(_field_matches(node, name, wanted) for name, wanted in pattern.items())


def _field_matches(node: Any, name: str, wanted: Any) -> bool:
    if name == "$or":
        return any(_matches(node, one) for one in wanted)
    value = node.get(name, UNDEFINED) if isinstance(node, dict) else UNDEFINED
    if isinstance(wanted, dict):
        return _matches(value, wanted)
    if not isinstance(wanted, list):
        return False
    if isinstance(value, dict) and value:
        value = UNDEFINED  # filters are for leaves
    return any(_filter_matches(_marked(value), one) for one in wanted)


def _filter_matches(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, bool):
        values = value if isinstance(value, list) else [value]
        return any(one is _BOOLEANS[wanted] for one in values)
    if not (isinstance(wanted, dict) and "exists" in wanted):
        wanted = _marked(wanted)
    # The method uses nothing of its pattern.
    found: bool = EventPattern("", {})._does_item_match_filters(value, [wanted])
    return found


def _marked(value: Any) -> Any:
    if isinstance(value, bool):
        return _BOOLEANS[value]
    if isinstance(value, list):
        return [_marked(one) for one in value]
    if isinstance(value, dict):
        return {name: _marked(one) for name, one in value.items()}
    return value


def install() -> None:
    """Replaces how a pattern meets an event."""
    replace(EventPattern, matches_event=_matches_event)
