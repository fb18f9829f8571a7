"""Whether a consumer hears an event: as its rule decides on the bus, for events off the bus."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from shared.consumers.declaration import Declaration
from shared.events.arrivals import OWN_PREFIX
from shared.events.catalog.registry import UnknownEventTypeError, lookup
from shared.events.envelope import Event

_ABSENT: Final = object()


def hears(said: Declaration, event: Event) -> bool:
    """Whether the event fits the topics, types and filter of a consumer."""
    if said.types and event.event_type not in _canonical(said.types):
        return False
    own = event.source.startswith(OWN_PREFIX)
    if said.topics and not (own and set(said.topics) & set(event.topics)):
        return False
    return not said.filter or matches(json.loads(event.to_wire()), said.filter)


def matches(value: Any, pattern: Mapping[str, Any]) -> bool:
    """Whether an envelope matches a pattern of values, prefixes, `anything-but` and `exists`."""
    return all(_field(value, name, wanted) for name, wanted in pattern.items())


def _field(value: Any, name: str, wanted: Any) -> bool:
    if name == "$or":
        return any(matches(value, one) for one in wanted)
    found = value.get(name, _ABSENT) if isinstance(value, Mapping) else _ABSENT
    if isinstance(wanted, Mapping):
        return matches(found, wanted)
    leaves = found if isinstance(found, list) else [found]
    return any(_leaf(leaf, one) for one in wanted for leaf in leaves)


def _leaf(leaf: Any, wanted: Any) -> bool:
    if not isinstance(wanted, Mapping):
        return type(leaf) is type(wanted) and bool(leaf == wanted)
    ((kind, told),) = wanted.items()
    if kind == "exists":
        return (leaf is not _ABSENT) is told
    if kind == "prefix":
        return isinstance(leaf, str) and leaf.startswith(told)
    if kind == "anything-but":
        but = told if isinstance(told, list) else [told]
        return leaf is not _ABSENT and leaf not in but
    raise ValueError(f"{kind}: a consumer's filter knows values, prefix, anything-but and exists")


@lru_cache(maxsize=64)
def _canonical(types: tuple[str, ...]) -> frozenset[str]:
    return frozenset(_known(name) for name in types)


def _known(name: str) -> str:
    try:
        return lookup(name).name
    except UnknownEventTypeError:
        return name
