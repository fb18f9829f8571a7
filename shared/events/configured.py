"""The bus that settings ask for: a backend by its dotted path, with arguments.

`EVENT_BUS_BACKEND=shop.backends.RedisEventBackend` names a class, and the JSON object
`EVENT_BUS_OPTIONS` its arguments. An argument may itself be made: an object with the key `()` is a
call of that dotted path with the other keys, as in Python's own configuration of logs.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any, Final

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.events.backends.base import EventBackend

CALL: Final = "()"


class EventBusConfigurationError(ValueError):
    """Settings that make no backend; the message names the setting and the mend."""


class EventBusSettings(BaseSettings):
    """The settings of a process's bus."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_prefix="EVENT_BUS_")

    backend: str = Field(
        "shared.events.backends.NoOpEventBackend", description="Dotted path of a backend's class."
    )
    options: dict[str, Any] = Field(
        default_factory=dict, description="Its arguments, a JSON object."
    )


def backend_of(told: EventBusSettings) -> EventBackend:
    """The backend that settings ask for.

    Raises:
        EventBusConfigurationError: there is no such class, or it does not take the options.
    """
    made = _call(told.backend, told.options)
    if not callable(getattr(made, "publish", None)):
        raise EventBusConfigurationError(
            f"EVENT_BUS_BACKEND: {told.backend} has no method publish; subclass EventBackend"
        )
    return made  # type: ignore[no-any-return]


def _call(path: str, options: Mapping[str, Any]) -> Any:
    make = _found(path)
    given = {name: _made(value) for name, value in options.items()}
    try:
        return make(**given)
    except TypeError as error:
        raise EventBusConfigurationError(f"EVENT_BUS_OPTIONS of {path}: {error}") from error


def _made(value: Any) -> Any:
    if isinstance(value, list):
        return [_made(one) for one in value]
    if isinstance(value, Mapping) and CALL in value:
        return _call(value[CALL], {name: one for name, one in value.items() if name != CALL})
    return value


def _found(path: str) -> Any:
    """The class, function or class method of a dotted path."""
    parts = path.split(".")
    for length in range(len(parts) - 1, 0, -1):
        name = ".".join(parts[:length])
        try:
            found: Any = importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name and f"{name}.".startswith(f"{error.name}."):
                continue  # not a module: perhaps a class in one
            raise EventBusConfigurationError(f"EVENT_BUS_BACKEND: {path}: {error}") from error
        for part in parts[length:]:
            found = getattr(found, part, None)
        if callable(found):
            return found
        break
    raise EventBusConfigurationError(
        f"EVENT_BUS_BACKEND: there is no {path}; write the dotted path of a class"
    )
