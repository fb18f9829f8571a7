"""The form of seed 000: a business introduces itself, and becomes a lead of ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError

from shared.crm.lead import NewLead

REQUIRED: Final = (
    "name",
    "email",
    "role",
    "company_size",
    "annual_revenue",
    "project_budget",
    "services",
    "preferred_language",
)
_OURS: Final = frozenset(
    {"name", "email", "company", "phone", "company_size", "project_budget", "services", "notes"}
)
_NOTED: Final = {
    "role": "Role",
    "annual_revenue": "Annual revenue",
    "preferred_language": "Preferred language",
    "message": "Message",
}
"""What a lead has no field for, and how its notes call it."""


class UnusableFormError(ValueError):
    """A form that makes no lead; the message names the fields."""


def as_lead(form: Mapping[str, Any]) -> NewLead:
    """The lead of a form; fields that nothing is known of are left out.

    Raises:
        UnusableFormError: fields are missing or empty, or have the wrong type.
    """
    if missing := [name for name in REQUIRED if _empty(form.get(name))]:
        raise UnusableFormError(f"Missing required fields: {', '.join(missing)}")
    fields = {name: value for name, value in form.items() if name in _OURS}
    services = fields["services"]
    fields["services"] = services.split(",") if isinstance(services, str) else services
    noted = [f"{said}: {form[name]}" for name, said in _NOTED.items() if form.get(name)]
    fields["notes"] = "\n".join([str(fields["notes"]), *noted] if "notes" in fields else noted)
    try:
        return NewLead.model_validate(fields)
    except ValidationError as error:
        told = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise UnusableFormError(told) from None


def _empty(value: Any) -> bool:
    return value in (None, [], {}) or (isinstance(value, str) and not value.strip())
