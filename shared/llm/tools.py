"""Tools as a model is told of them, and arguments as it gives them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from shared.llm.errors import MalformedArgumentsError
from shared.llm.messages import ToolCall
from shared.llm.schemas import strict_schema

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Tool:
    """What a model may ask to be called."""

    name: str
    description: str
    parameters: Mapping[str, Any]
    """JSON Schema of the arguments."""
    strict: bool = False
    """The provider holds the model to the schema; such a schema must be strict."""

    @classmethod
    def of(cls, model: type[BaseModel], name: str, description: str | None = None) -> Tool:
        """A strict tool whose arguments are a pydantic model.

        `Tool.of(Search, "search_leads")` takes its description from the model's docstring.
        """
        said = description if description is not None else (model.__doc__ or "").strip()
        return cls(name, said, strict_schema(model), strict=True)


def arguments_of(call: ToolCall, model: type[M]) -> M:
    """The arguments of a call, validated: a strict schema promises shape, and not every time.

    Raises:
        MalformedArgumentsError: they are not what the tool takes; the message names each field
            and repeats no value, so that it may be shown to the model and logged.
    """
    try:
        return model.model_validate_json(call.arguments)
    except ValidationError as error:
        wrong = [f"{_place(e['loc'])}: {e['type']}" for e in error.errors(include_input=False)]
    raise MalformedArgumentsError(call.name, wrong)


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location) or "the whole"
