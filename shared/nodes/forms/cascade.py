"""Choices that depend on other choices.

A field whose parents have no value is disabled and has neither choices nor a value; a parent that
is changed clears what hung on its old value; a single choice of a required field is chosen by
itself. Choices are always loaded, also for a value that came with the change: whether it is one of
them would not be known otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.nodes.config import Choice, Ports
from shared.nodes.forms.declared import DeclaredField, DeclaredForm, is_empty


@dataclass(slots=True)
class FormState:
    """The values of a form and what they make of its fields."""

    values: dict[str, Any]
    choices: dict[str, list[Choice]] = field(default_factory=dict)
    disabled: set[str] = field(default_factory=set)
    errors: dict[str, list[str]] = field(default_factory=dict)
    """Of loaders, and of values that are not among the choices."""


async def open_form(form: DeclaredForm, raw: Mapping[str, Any], ports: Ports) -> FormState:
    """The form with these values."""
    state = FormState(form.values(raw))
    for each in form.in_order():
        if each.choices is not None:
            await _load(form, each, state, ports)
    return state


async def change(
    form: DeclaredForm, raw: Mapping[str, Any], changes: Mapping[str, Any], ports: Ports
) -> FormState:
    """The form after some of its fields were changed."""
    before, new = form.values(raw), form.values(changes)
    stale = {
        child
        for name, value in new.items()
        if before.get(name) != value
        for child in form.descendants(name)
    }
    kept = {name: value for name, value in before.items() if name not in stale - new.keys()}
    return await open_form(form, {**kept, **new}, ports)


async def _load(form: DeclaredForm, each: DeclaredField, state: FormState, ports: Ports) -> None:
    from shared.graph.forms import has_template

    choices = each.choices
    assert choices is not None  # noqa: S101 - the caller looked
    parents = {name: _value(form, name, state) for name in each.dependencies}
    if any(is_empty(value) for value in parents.values()):
        state.disabled.add(each.name)
        state.choices[each.name] = []
        state.values.pop(each.name, None)
        return
    if any(has_template(value) for value in parents.values()):
        return  # only a run knows the choices
    try:
        found = list(await choices.loader(parents, ports))
    except Exception as error:
        state.errors[each.name] = [f"the choices could not be loaded: {error}"]
        found = []
    value = _value(form, each.name, state)
    if is_empty(value):
        if each.required and len(found) == 1:
            state.values[each.name] = found[0].value
    elif not has_template(value) and all(choice.value != value for choice in found):
        if each.name not in state.errors:
            state.errors[each.name] = [_none_of(value, found)]
        found.append(Choice(value, f"{value} (configured)"))
    state.choices[each.name] = found


def _value(form: DeclaredForm, name: str, state: FormState) -> Any:
    return state.values.get(name, form.fields[name].initial)


def _none_of(value: Any, found: list[Choice]) -> str:
    told = ", ".join(str(choice.value) for choice in found[:10]) or "there are none"
    return f"{value!r:.80} is none of the choices: {told}{', …' if len(found) > 10 else ''}"
