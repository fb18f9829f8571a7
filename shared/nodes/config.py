"""What a node type's configuration, and so its form, is made of.

```python
class ReadSheet(NodeConfig):
    account: Annotated[str, Choices(accounts)]
    sheet: Annotated[str, Choices(sheets, dependent_on=("account",))]
    note: Annotated[str, Widget("textarea", rows=4)] = ""
```

A field that depends on one that is not there is refused when the class is made.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict

Values = Mapping[str, Any]
Ports = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values that a field may have."""

    value: Any
    label: str = ""

    def as_json(self) -> dict[str, Any]:
        """As forms show it."""
        return {"value": self.value, "label": self.label or str(self.value)}


Loader = Callable[[Values, Ports], Awaitable[Sequence[Choice]]]
"""Finds the choices: from the values of the fields it depends on, and the world outside."""


@dataclass(frozen=True, slots=True)
class Choices:
    """The values of the field are found by a loader."""

    loader: Loader
    dependent_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Widget:
    """How the field is shown, where its type does not say so."""

    input_type: str
    attrs: Mapping[str, Any] = field(default_factory=dict)


class FormDeclarationError(TypeError):
    """A form that could never work; the message names the field and the mend."""


class NodeConfig(BaseModel):
    """A configuration: unknown fields are refused, values are not changed."""

    # Built by its first use: a function that runs nodes imports all types and uses a few.
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, defer_build=True)

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Looks at what fields depend on.

        Raises:
            FormDeclarationError: a field depends on itself, on none of the form, or in a circle,
                or its loader cannot be called.
        """
        depending = {name: found for name in cls.model_fields if (found := choices_of(cls, name))}
        for name, choices in depending.items():
            _check(cls, name, choices)
        for name in depending:
            _check_circle(cls, name, depending)


def json_value(text: str) -> Any:
    """What a JSON text says.

    Raises:
        ValueError: it is none, or nested deeper than Python can read.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("is nested too deep") from None
    except ValueError as error:
        raise ValueError(f"is no JSON: {error}") from None


def choices_of(config: type[BaseModel], name: str) -> Choices | None:
    """How the choices of a field are found, if they are."""
    found = config.model_fields[name].metadata
    return next((each for each in found if isinstance(each, Choices)), None)


def widget_of(config: type[BaseModel], name: str) -> Widget | None:
    """How a field wants to be shown."""
    found = config.model_fields[name].metadata
    return next((each for each in found if isinstance(each, Widget)), None)


def _check(config: type[BaseModel], name: str, choices: Choices) -> None:
    where = f"{config.__name__}.{name}"
    if not callable(choices.loader):
        raise FormDeclarationError(f"{where}: its loader cannot be called; give a function")
    for parent in choices.dependent_on:
        if parent == name:
            raise FormDeclarationError(f"{where}: it depends on itself; name another field")
        if parent not in config.model_fields:
            raise FormDeclarationError(
                f"{where}: it depends on {parent!r}, which is no field; "
                f"there are {', '.join(config.model_fields)}"
            )


def _check_circle(config: type[BaseModel], name: str, depending: Mapping[str, Choices]) -> None:
    open_, seen = list(depending[name].dependent_on), set[str]()
    while open_:
        parent = open_.pop()
        if parent == name:
            raise FormDeclarationError(
                f"{config.__name__}.{name}: it depends on itself through {', '.join(sorted(seen))};"
                " break the circle"
            )
        if parent in depending and parent not in seen:
            seen.add(parent)
            open_ += depending[parent].dependent_on
