"""A form as JSON, for whoever shows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shared.nodes.config import Choice
from shared.nodes.forms.cascade import FormState
from shared.nodes.forms.checks import Errors
from shared.nodes.forms.declared import DeclaredField, DeclaredForm, is_empty


def document(form: DeclaredForm, state: FormState, errors: Errors | None = None) -> dict[str, Any]:
    """The form with its values, its choices and, if it was checked, what is wrong with it."""
    found = errors or Errors(fields=state.errors)
    return {
        "form_name": form.definition.Config.__name__,
        "fields": [_field(form, each, state, found) for each in form.fields.values()],
        "field_order": list(form.fields),
        "dependencies_graph": {
            each.name: list(each.dependencies) for each in form.fields.values() if each.dependencies
        },
        "form_level_errors": list(found.form),
    }


def _field(
    form: DeclaredForm, each: DeclaredField, state: FormState, errors: Errors
) -> dict[str, Any]:
    def answered(name: str) -> bool:
        return not is_empty(state.values.get(name, form.fields[name].initial))

    status = {name: answered(name) for name in each.dependencies}
    wrong = list(errors.fields.get(each.name, ()))
    return {
        "name": each.name,
        "label": each.label,
        "help_text": each.help_text,
        "required": each.required,
        "disabled": each.name in state.disabled,
        "initial": each.initial,
        "value": state.values.get(each.name, each.initial),
        "dependencies": list(each.dependencies),
        "dependency_status": status,
        "ready": all(status.values()) and not wrong and (answered(each.name) or not each.required),
        "templates": each.takes_templates,
        "widget": {
            "input_type": each.input_type,
            "attrs": each.attrs,
            "choices": [one.as_json() for one in _choices(each, state)],
        },
        "field_level_errors": wrong,
    }


def _choices(each: DeclaredField, state: FormState) -> Sequence[Choice]:
    if each.options:
        return [Choice(value) for value in each.options]
    return state.choices.get(each.name, ())
