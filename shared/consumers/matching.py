"""Whether a consumer hears an event: as its rule decides on the bus, for events off the bus."""

from __future__ import annotations

import json
from functools import lru_cache

from shared.consumers.declaration import Declaration
from shared.events.arrivals import OWN_PREFIX
from shared.events.catalog.registry import UnknownEventTypeError, lookup
from shared.events.envelope import Event
from shared.events.patterns import Pattern


def hears(said: Declaration, event: Event) -> bool:
    """Whether the event fits the topics, types and filter of a consumer."""
    if said.types and event.event_type not in _canonical(said.types):
        return False
    own = event.source.startswith(OWN_PREFIX)
    if said.topics and not (own and set(said.topics) & set(event.topics)):
        return False
    return not said.filter or _pattern(json.dumps(said.filter)).matches(event.wire())


@lru_cache(maxsize=64)
def _pattern(text: str) -> Pattern:
    return Pattern(text)


@lru_cache(maxsize=64)
def _canonical(types: tuple[str, ...]) -> frozenset[str]:
    return frozenset(_known(name) for name in types)


def _known(name: str) -> str:
    try:
        return lookup(name).name
    except UnknownEventTypeError:
        return name
