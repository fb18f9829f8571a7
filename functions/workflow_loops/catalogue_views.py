"""What is asked and answered about node types."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Values = Annotated[dict[str, Any], Field(max_length=200)]
FieldName = Annotated[str, Field(min_length=1, max_length=200)]


class Asked(BaseModel):
    """A body that names nothing else."""

    model_config = ConfigDict(extra="forbid")


class Categories(BaseModel):
    """The types by category."""

    categories: list[dict[str, Any]]
    count: int


class NodeTypes(BaseModel):
    """The types by identifier."""

    nodes: list[dict[str, Any]]
    count: int


class Count(BaseModel):
    """How many types there are."""

    count: int


class ChangedForm(Asked):
    """A form as it stood, and what is changed in it."""

    field_values: Values
    form_values: Values = {}


class OptionsAsked(Asked):
    """Whose choices for which value."""

    parent_field: FieldName
    parent_value: Any = None
    dependent_field: FieldName
    form_values: Values = {}


class Options(BaseModel):
    """The choices of a field."""

    field: str
    options: list[dict[str, Any]]
    errors: list[str]


class TextAsked(Asked):
    """A text that is being typed into a field."""

    field: FieldName
    text: Any


class CheckedText(BaseModel):
    """What is wrong with it."""

    valid: bool
    problems: list[str]
