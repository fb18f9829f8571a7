"""The form of a node type: what it asks for, what it offers, and what is wrong with the answers.

form = form_of(registry().get("s3-reader"))
state = await open_form(form, {"bucket_name": "acme"}, ports)
state = await change(form, state.values, {"bucket_name": "other"}, ports)
document(form, state)                              # JSON for whoever shows it
await check_before_run(form, state.values, ports)  # phase one; templates are only read
await check_for_item(form, values, names, ports)   # phase two; templates are rendered
"""

from shared.nodes.forms.cascade import FormState, change, open_form
from shared.nodes.forms.checks import Errors, check_before_run, check_for_item, check_text
from shared.nodes.forms.declared import DeclaredField, DeclaredForm, form_of
from shared.nodes.forms.document import document

__all__ = [
    "DeclaredField",
    "DeclaredForm",
    "Errors",
    "FormState",
    "change",
    "check_before_run",
    "check_for_item",
    "check_text",
    "document",
    "form_of",
    "open_form",
]
