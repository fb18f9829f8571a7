"""A tool is one class in one file: what a model is told of it, and what it does.

```python
class Weather(BaseTool[Place]):
    name = "weather"
    description = "Tells the weather of a place."
    Arguments = Place
    Result = Sky

    async def execute(self, arguments, context):
        return Sky(text="fine")
```
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, model_validator

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")


class ToolArguments(BaseModel):
    """What a tool takes. A model must name every field; null is the default of one that has one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        fields = cls.model_fields
        return {
            name: value
            for name, value in given.items()
            if value is not None or name not in fields or fields[name].is_required()
        }


class ToolFailedError(Exception):
    """A tool that names its error's type itself; the sentence is shown to the model."""

    def __init__(self, error_type: str, message: str) -> None:
        super().__init__(message)
        self.error_type = error_type


@dataclass(frozen=True, slots=True)
class ToolContext:
    """What a tool may use beside its arguments; none of it is chosen by the model."""

    ports: Mapping[str, Any] = field(default_factory=dict)
    """The world outside, of one tenant."""
    idempotency_key: str = ""
    """The same for every try of this call."""
    egress: tuple[str, ...] = ()
    """The servers that may be asked; nothing is none."""


A = TypeVar("A", bound=BaseModel)


class BaseTool(Generic[A]):
    """What every tool has."""

    name: ClassVar[str]
    """As models call it: lower case with underscores."""
    description: ClassVar[str]
    """What a model reads in order to choose it."""
    Arguments: ClassVar[type[BaseModel]]
    Result: ClassVar[type[BaseModel]]
    needs: ClassVar[frozenset[str]] = frozenset()
    """Names of the ports it uses."""
    effects: ClassVar[bool] = False
    """Whether it changes anything."""
    egress: ClassVar[bool] = False
    """Whether it asks servers, and so needs a list of them."""
    timeout: ClassVar[float] = 30.0
    """Seconds that a call may take."""
    example: ClassVar[Mapping[str, Any]] = {}
    """Arguments that can be tried."""

    @abstractmethod
    async def execute(self, arguments: A, context: ToolContext) -> BaseModel:
        """Does the work; gives a `Result`. What it raises is told to the model."""
        raise NotImplementedError

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Refuses a name that models could not say.

        Raises:
            TypeError: the name has other characters.
        """
        super().__init_subclass__(**kwargs)
        if "name" in cls.__dict__ and not _NAME.fullmatch(cls.name):
            raise TypeError(f"{cls.__name__}.name: {cls.name!r} is not snake_case; rename it")
