"""Earlier versions of event types: what was published stays readable.

A type moves to a new version when a change would break who reads it. The model of the earlier one
stays, declared by `earlier`, and says by `later` what its data is in the next version. Consumers
see the newest version only.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final, TypeVar

from shared.events.catalog.registry import (
    EventData,
    EventType,
    InvalidEventDataError,
    all_types,
    lookup,
)
from shared.events.envelope import Event


class EarlierData(EventData):
    """The data of a version that is published no more."""

    @abstractmethod
    def later(self) -> Mapping[str, Any]:
        """The same fact as the data of the next version."""


_earlier: Final[dict[tuple[str, int], EventType]] = {}

M = TypeVar("M", bound=type[EarlierData])


def earlier(name: str, *, version: int, sample: Mapping[str, Any]) -> Callable[[M], M]:
    """Declares the decorated model as a version of a type that was published before."""

    def declare(model: M) -> M:
        if (name, version) in _earlier:
            raise ValueError(f"{name}: version {version} is declared twice")
        kind = lookup(name)
        if version >= kind.version:
            raise ValueError(f"{name}: version {version} is not before {kind.version}")
        _earlier[name, version] = replace(kind, version=version, model=model, sample=sample)
        return model

    return declare


def versions(name: str) -> list[EventType]:
    """Every version of a type that is readable, the newest last.

    Raises:
        UnknownEventTypeError: no type has this name.
    """
    kind = lookup(name)
    before = [one for (of, _), one in _earlier.items() if of == kind.name]
    return [*sorted(before, key=lambda one: one.version), kind]


def every_version() -> list[EventType]:
    """Every version of every type, by name."""
    return [one for kind in all_types() for one in versions(kind.name)]


def in_newest(event: Event) -> Event:
    """The event in the newest version of its type, its data checked.

    Raises:
        UnknownEventTypeError: no type has this name.
        InvalidEventDataError: the version is not known, or does not allow the data.
    """
    kind = lookup(event.event_type)
    data, version = event.data, event.version
    while version != kind.version:
        known = _earlier.get((kind.name, version))
        if known is None:
            among = ", ".join(str(one.version) for one in versions(kind.name))
            raise InvalidEventDataError(f"{kind.name} v{version}: known versions are {among}")
        model: Any = known.model.model_validate(known.check(data))
        try:
            data, version = model.later(), version + 1
        except (ValueError, LookupError, ArithmeticError) as error:
            raise InvalidEventDataError(f"{kind.name} v{version}: {error}") from None
    return replace(event, event_type=kind.name, version=version, data=kind.check(data))
