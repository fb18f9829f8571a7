"""A node's configuration in two phases: what can be checked before a run, and what a run renders.

Fields without templates are checked before anything runs. Fields with templates are checked for
being there; each run renders them with the item at hand and then checks all fields together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from shared.graph.errors import NodeFailedError
from shared.graph.node import BaseNode, NodeContext
from shared.graph.values import FrozenDict, FrozenList

FORM_ERROR: Final = "FormValidationError"


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """A field whose value cannot be used."""

    field: str
    problem: str


def dynamic_fields(definition: type[BaseNode[Any]], raw: Mapping[str, Any]) -> frozenset[str]:
    """The fields whose values have templates in them."""
    return frozenset(
        name
        for name, value in raw.items()
        if name not in definition.expressions | definition.verbatim and has_template(value)
    )


def field_problems(definition: type[BaseNode[Any]], raw: Mapping[str, Any]) -> list[FieldProblem]:
    """What is wrong with a configuration before any run; fields with templates are not looked at.

    Rules between fields are checked as well, as soon as no field has a template.
    """
    dynamic = dynamic_fields(definition, raw)
    try:
        definition.Config.model_validate(dict(raw))
    except ValidationError as error:
        return [
            FieldProblem(".".join(map(str, found["loc"])) or "configuration", found["msg"])
            for found in error.errors()
            if not (dynamic and (not found["loc"] or found["loc"][0] in dynamic))
        ]
    return []


def render_config(
    definition: type[BaseNode[Any]],
    raw: Mapping[str, Any],
    dynamic: frozenset[str],
    data: Mapping[str, Any],
    context: NodeContext,
) -> BaseModel:
    """The configuration for one item.

    Raises:
        ExpressionError: a template does too much or asks for what is not offered.
        NodeFailedError: rendered values do not fit their fields.
    """
    from shared.graph.expressions import render_all  # Jinja2 is paid for by those who use it

    changes: dict[str, Any] = {}
    found = render_all({n: raw[n] for n in dynamic}, context.names(data), changes=changes)
    for name, value in changes.items():
        if value is None:
            context.runtime.pop(name, None)
        else:
            context.runtime[name] = value
    for name in definition.wanted & dynamic:
        if found[name] is None:
            told = f"Invalid field values: {name}: {raw[name]} gives nothing; name what is there"
            raise NodeFailedError(FORM_ERROR, told)
    try:
        return definition.Config.model_validate({**raw, **found})
    except ValidationError as error:
        told = "; ".join(
            f"{'.'.join(map(str, each['loc'])) or 'configuration'}: {each['msg']}"
            for each in error.errors()
        )
        raise NodeFailedError(FORM_ERROR, f"Invalid field values: {told}") from None


def has_template(value: Any) -> bool:
    """Whether there is a template anywhere in a value."""
    if isinstance(value, str):
        return any(mark in value for mark in ("{{", "{%", "{#", "${"))
    if isinstance(value, (dict, FrozenDict)):
        return any(map(has_template, value.values()))
    if isinstance(value, (list, tuple, FrozenList)):
        return any(map(has_template, value))
    return False
