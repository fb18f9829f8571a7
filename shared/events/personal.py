"""Personal data: which fields of an event's data are about a person, and how they are hidden.

A model marks them, `email: PersonalText`. What an open type does not declare counts as personal,
because nobody has said what it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from shared.events.catalog import all_types, lookup
from shared.events.catalog.registry import EventType, UnknownEventTypeError
from shared.events.envelope import Event

HIDDEN: Final = "[personal]"
"""What stands in the place of a value that is not shown."""


def personal_fields(event: Event) -> tuple[str, ...]:
    """The personal fields that an event's data has; all of them if nobody declared its type."""
    try:
        kind = lookup(event.event_type)
    except UnknownEventTypeError:
        return tuple(event.data)
    return tuple(name for name in event.data if kind.is_personal(name))


def redacted(event: Event) -> Event:
    """The event without what is personal: for logs and for whoever may not see it."""
    hidden = set(personal_fields(event)) | set(event.sealed.fields if event.sealed else ())
    if not hidden:
        return event
    return replace(event, data={**event.data, **dict.fromkeys(sorted(hidden), HIDDEN)})


def redacted_message(body: str) -> str:
    """A message as a queue held it, without what is personal; what cannot be read is hidden whole.

    What is sealed stays: nobody can read it there.
    """
    try:
        message = without_personal(json.loads(body))
    except (ValueError, LookupError, TypeError):
        return HIDDEN
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def without_personal(message: Mapping[str, Any]) -> dict[str, Any]:
    """What a rule brings, without what is personal; of a type that nobody knows, without data.

    Raises:
        LookupError, TypeError: it is no event.
    """
    detail = message["detail"]
    own = "specversion" in detail
    data = detail["data"] if own else detail
    try:
        kind = lookup(message["detail-type"])
        hidden = {name for name in data if kind.is_personal(name)}
    except UnknownEventTypeError:
        hidden = set(data)
    data = {name: HIDDEN if name in hidden else value for name, value in data.items()}
    return {**message, "detail": {**detail, "data": data} if own else data}


def sealed_fields_of(
    pattern: Mapping[str, Any], types: Iterable[str] = (), topics: Iterable[str] = ()
) -> list[str]:
    """The fields of a filter that no rule can see on the bus, because they are sealed there.

    Args:
        pattern: over the envelope, e.g. `{"data": {"email": [{"suffix": "@example.com"}]}}`.
        types: those that are heard; none is all of the topics.
        topics: none is all.
    """
    heard = set(topics)
    kinds = [lookup(name) for name in types]
    kinds = kinds or [kind for kind in all_types() if not heard or heard & set(kind.topics)]
    return sorted(name for name in set(_asked(pattern)) if _sealed_in(name, kinds))


def _sealed_in(name: str, kinds: Sequence[EventType]) -> bool:
    """Whether one of the types marks it, or is open while none declares it."""
    if any(name in kind.personal for kind in kinds):
        return True
    declared = any(name in kind.model.model_fields for kind in kinds)
    return not declared and any(kind.is_personal(name) for kind in kinds)


def _asked(pattern: Any) -> Iterable[str]:
    if not isinstance(pattern, Mapping):
        return
    data = pattern.get("data")
    if isinstance(data, Mapping):
        yield from data
    for branch in pattern.get("$or", ()):
        yield from _asked(branch)
