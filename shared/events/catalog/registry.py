"""How a model becomes an event type, and how a type is found by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.events.envelope import UnfitEventError

_PERSONAL: Final = Field(json_schema_extra={"pii": True})
PersonalText = Annotated[str, _PERSONAL]
"""A field about a person: sealed on the bus, hidden in logs, open to no filter."""
PersonalOptionalText = Annotated[str | None, _PERSONAL]
PersonalObject = Annotated[dict[str, Any], _PERSONAL]


class EventData(BaseModel):
    """The data of an event. Unknown fields are refused: what is not declared is not published."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class OpenEventData(EventData):
    """Data that outside sources send: what is not declared is kept."""

    model_config = ConfigDict(extra="allow", frozen=True)


class UnknownEventTypeError(UnfitEventError):
    """A name that no type of the catalogue has; the message lists the known ones."""


class InvalidEventDataError(UnfitEventError):
    """Data that its type does not allow; the message names the fields."""


@dataclass(frozen=True)
class EventType:
    """One published type."""

    name: str
    version: int
    model: type[EventData]
    topics: tuple[str, ...]
    aliases: tuple[str, ...]
    sample: Mapping[str, Any]
    ours_alone: bool = False
    """Whether no outside source may say it, because something is done that only we may cause."""
    source: str = "millrace.crm"
    """Who of us says it first of all; rules that name a source name this one."""
    published_by: str | None = None
    """The right that publishing it over the API needs; None is nobody's."""

    @cached_property
    def personal(self) -> frozenset[str]:
        """The fields that the model marks as personal."""
        fields = self.model.model_fields.items()
        return frozenset(name for name, field in fields if _marked(field.json_schema_extra))

    def is_personal(self, name: str) -> bool:
        """Whether a field is about a person; of an open type every field that nobody declared."""
        undeclared = name not in self.model.model_fields
        return name in self.personal or (undeclared and issubclass(self.model, OpenEventData))

    def check(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The data as the type defines it, JSON values only.

        Raises:
            InvalidEventDataError: a field is missing, unknown or of the wrong type.
        """
        try:
            return self.model.model_validate(data).model_dump(mode="json", exclude_none=True)
        except ValidationError as error:
            fields = "; ".join(
                f"{'.'.join(map(str, e['loc'])) or 'data'}: {e['msg']}" for e in error.errors()
            )
            raise InvalidEventDataError(f"{self.name} v{self.version}: {fields}") from None


def _marked(extra: object) -> bool:
    return isinstance(extra, Mapping) and extra.get("pii") is True


_types: Final[dict[str, EventType]] = {}
_names: Final[dict[str, str]] = {}

M = TypeVar("M", bound=type[EventData])


def event_type(
    name: str,
    *,
    topics: tuple[str, ...],
    sample: Mapping[str, Any],
    version: int = 1,
    aliases: tuple[str, ...] = (),
    ours_alone: bool = False,
    source: str = "millrace.crm",
    published_by: str | None = None,
) -> Callable[[M], M]:
    """Declares the decorated model as an event type; the sample is part of its documentation."""

    def declare(model: M) -> M:
        taken = {name, *aliases} & _names.keys()
        if taken:
            raise ValueError(f"event types {sorted(taken)} are declared twice")
        _types[name] = EventType(
            name, version, model, topics, aliases, sample, ours_alone, source, published_by
        )
        _names.update(dict.fromkeys((name, *aliases), name))
        return model

    return declare


def lookup(name: str) -> EventType:
    """The type of a name or of one of its aliases.

    Raises:
        UnknownEventTypeError: no type has this name.
    """
    if name not in _names:
        raise UnknownEventTypeError(
            f"Unsupported event type: {name}; known are {', '.join(sorted(_names))}"
        )
    return _types[_names[name]]


def all_types() -> list[EventType]:
    """Every type, by name."""
    return [_types[name] for name in sorted(_types)]


def spellings(names: Iterable[str]) -> list[str]:
    """Names with the aliases of their types: what a rule has to match to miss none.

    Raises:
        UnknownEventTypeError: no type has one of the names.
    """
    kinds = [lookup(name) for name in names]
    return [spelled for kind in kinds for spelled in (kind.name, *kind.aliases)]
