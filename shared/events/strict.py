"""What may go on the bus: an event of a known type and version, with data as its type defines it.

In a process types are open. Wherever an event leaves it, it is checked first, whole: what is
refused here was not published anywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from shared.events.backends.base import EventBackend
from shared.events.catalog import all_types, lookup
from shared.events.claims import Claims, fitting
from shared.events.envelope import Event, UnfitEventError


class UnknownEventVersionError(UnfitEventError):
    """A version of a type that nobody published."""


class UnknownTopicError(UnfitEventError):
    """A topic that no type of the catalogue has; the message lists the known ones."""


def checked(event: Event) -> Event:
    """The event as its type defines it: its own name for an alias, data checked, topics known.

    Raises:
        UnknownEventTypeError: no type has this name.
        UnknownEventVersionError: the type has another version.
        InvalidEventDataError: a field of the data is missing, unknown or of the wrong type.
        UnknownTopicError: no type has one of its topics.
    """
    kind = lookup(event.event_type)
    require_topics(event.topics)
    if event.version != kind.version:
        raise UnknownEventVersionError(
            f"{kind.name} has no version {event.version}; publish version {kind.version}"
        )
    return replace(
        event,
        event_type=kind.name,
        data=kind.check(event.data),
        topics=event.topics or kind.topics,
    )


class StrictEventBackend(EventBackend):
    """Checks an event before a backend has it, and leaves large data with a claim check."""

    def __init__(self, backend: EventBackend, claims: Claims | None = None) -> None:
        self._backend = backend
        self._claims = claims

    def publish(self, event: Event, topics: Sequence[str] | None = None) -> None:
        """See `EventBackend.publish`.

        Raises:
            UnfitEventError: its type, version, topics or data are not the catalogue's (`checked`),
                or it is over the limit and there are no claims.
        """
        known = checked(event)
        require_topics(topics or ())
        self._backend.publish(fitting(known, self._claims), topics)


def require_topics(topics: Sequence[str]) -> None:
    """Checks that somebody can listen to each of the topics.

    Raises:
        UnknownTopicError: the catalogue has no such topic.
    """
    if set(topics) <= _topics():
        return
    unknown = next(topic for topic in topics if topic not in _topics())
    raise UnknownTopicError(f"no topic {unknown!r}; known are {', '.join(sorted(_topics()))}")


@lru_cache(maxsize=1)
def _topics() -> frozenset[str]:
    return frozenset(topic for kind in all_types() for topic in kind.topics)
