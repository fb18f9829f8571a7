"""Which events an endpoint wants: by type, and by a pattern over the event."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any, Final

from shared.events.catalog import all_types, lookup
from shared.events.envelope import Event
from shared.events.patterns import Pattern

ALL: Final = "*"


def known_types(wanted: Iterable[str]) -> tuple[str, ...]:
    """The types as the catalogue calls them; `lead.*` is every type that begins so.

    Raises:
        ValueError: none of the catalogue's types has such a name.
    """
    return tuple(dict.fromkeys(_known(name) for name in wanted))


def wants(types: Iterable[str], pattern: Mapping[str, Any] | None, event: Event) -> bool:
    """Whether an endpoint with these filters wants an opened event."""
    if not any(name == event.event_type or _fits(event.event_type, name) for name in types):
        return False
    return not pattern or _parsed(json.dumps(pattern)).matches(event.plain())


def _known(name: str) -> str:
    if "*" not in name:
        return lookup(name).name
    plain = name.replace("*", "").replace(".", "").replace("_", "")
    if plain and not (plain.isascii() and plain.isalnum()):
        raise ValueError(f"{name[:50]!r} is no name of types; write e.g. lead.* or *")
    if not any(_fits(kind.name, name) for kind in all_types()):
        raise ValueError(f"no type is called {name[:50]}; see GET /webhook-endpoints/types/")
    return name


def _fits(event_type: str, wanted: str) -> bool:
    return "*" in wanted and fnmatchcase(event_type, wanted)


@lru_cache(maxsize=256)
def _parsed(text: str) -> Pattern:
    return Pattern(text)
