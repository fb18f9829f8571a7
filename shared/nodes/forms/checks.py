"""What is wrong with a form, in two phases.

Before a run: a field without templates is checked wholly, its choices included; a field with
templates is checked for being readable. Rules between fields are checked as soon as no field has a
template. For an item: templates are rendered, then everything is checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from shared.graph import NodeFailedError
from shared.graph.forms import dynamic_fields, field_problems
from shared.nodes.config import Ports
from shared.nodes.forms.cascade import open_form
from shared.nodes.forms.declared import DeclaredField, DeclaredForm, is_empty

FORM_LEVEL: Final = "configuration"
REQUIRED: Final = "This field is required"


@dataclass(slots=True)
class Errors:
    """By field, and those that belong to no single one."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    form: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.fields or self.form)

    def add(self, name: str, problem: str) -> None:
        """Notes a problem once."""
        held = self.fields.setdefault(name, [])
        if problem not in held:
            held.append(problem)


async def check_before_run(form: DeclaredForm, raw: Mapping[str, Any], ports: Ports) -> Errors:
    """Phase one: everything that can be known before there is an item."""
    values, found = form.values(raw), Errors()
    missing = {name for name, each in form.fields.items() if _is_missing(each, values)}
    for name in missing:
        found.add(name, REQUIRED)
    for name, value in values.items():
        if name in form.fields and name not in missing:
            for problem in check_text(form, name, value):
                found.add(name, problem)
    _check_fields(form, values, missing, found)
    state = await open_form(form, values, ports)
    for name, problems in state.errors.items():
        for problem in problems:
            found.add(name, problem)
    for name in state.disabled:
        if not is_empty(values.get(name)):
            parents = ", ".join(form.fields[name].dependencies)
            found.add(name, f"choose {parents} first")
    return found


async def check_for_item(
    form: DeclaredForm, raw: Mapping[str, Any], names: Mapping[str, Any], ports: Ports
) -> BaseModel:
    """Phase two: the configuration for one item; `names` is what templates may refer to.

    Raises:
        NodeFailedError: rendered values do not fit, or are not among the choices.
    """
    from shared.graph.expressions import ExpressionError, render_all

    definition, values = form.definition, form.values(raw)
    dynamic = dynamic_fields(definition, values)
    changes: dict[str, Any] = {}
    try:
        made = render_all({name: values[name] for name in dynamic}, names, changes=changes)
    except ExpressionError as error:
        raise NodeFailedError("FormValidationError", f"Invalid field values: {error}") from None
    rendered = {**values, **made}
    found = Errors()
    missing = {name for name, each in form.fields.items() if _is_missing(each, rendered)}
    for name in missing:
        found.add(name, REQUIRED)
    for place, problem in _problems(definition.Config, rendered):
        _note(form, place, problem, missing, found)
    for name, problems in (await open_form(form, rendered, ports)).errors.items():
        for text in problems:
            found.add(name, text)
    if found:
        told = [f"{name}: {'; '.join(each)}" for name, each in found.fields.items()]
        raise NodeFailedError(
            "FormValidationError", f"Invalid field values: {'; '.join([*told, *found.form])}"
        )
    return definition.Config.model_validate(rendered)


def check_text(form: DeclaredForm, name: str, value: Any) -> list[str]:
    """What is wrong with a text while it is typed: nothing is rendered."""
    from shared.graph.expressions import ExpressionError, check, check_condition

    each = form.fields[name]
    if name in form.definition.verbatim:
        return []
    found = []
    for text in _texts(value):
        try:
            if each.takes_templates:
                check(text)
            elif isinstance(value, str) and text.strip():
                check_condition(text)
        except ExpressionError as error:
            found.append(str(error))
    return found


def _check_fields(
    form: DeclaredForm, values: Mapping[str, Any], missing: set[str], found: Errors
) -> None:
    for problem in field_problems(form.definition, values):
        _note(form, problem.field, problem.problem, missing, found)


def _note(form: DeclaredForm, place: str, problem: str, missing: set[str], found: Errors) -> None:
    name = place.partition(".")[0]
    name = form.values({name: None}).popitem()[0]
    if place == FORM_LEVEL:
        if not missing:
            found.form.append(problem)
    elif name not in missing:
        rest = place.partition(".")[2]
        found.add(name, f"{rest}: {problem}" if rest else problem)


def _problems(config: type[BaseModel], values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Rendered values are data: whatever looks like a template in them is none."""
    try:
        config.model_validate(values)
    except ValidationError as error:
        return [
            (".".join(map(str, each["loc"])) or FORM_LEVEL, each["msg"]) for each in error.errors()
        ]
    return []


def _is_missing(each: DeclaredField, values: Mapping[str, Any]) -> bool:
    return each.required and is_empty(values.get(each.name))


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for part in value.values() for text in _texts(part)]
    if isinstance(value, list | tuple):
        return [text for part in value for text in _texts(part)]
    return []
