"""A question about one field of a lead, or about all of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from local.offline_model.crm.commands.command import Command
from local.offline_model.crm.fields import FIELD, field_named
from local.offline_model.crm.heard import Heard
from local.offline_model.crm.leads import find_one, lead_in
from local.offline_model.crm.plans import Plan, step
from local.offline_model.crm.wording import details, money, quoted

_ASK: Final = (
    r"(?:(?:what(?:'s| is| are|)|which is|tell me|what about|how about|show(?: me)?|give me"
    r"|get(?: me)?|read(?: me)?|"
    r"(?:i )?need|look up|find|do you (?:know|have))\s+)?"
)
_ANY: Final = rf"{FIELD}|status|column|stage"
_FORMS: Final = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"{_ASK}(?:the\s+)?(?P<field>{_ANY})\s+(?:of|for)\s+(?P<lead>.+)",
        rf"{_ASK}(?P<lead>his|her|its)\s+(?P<field>{_ANY})",
        rf"{_ASK}(?P<lead>.+?)'s?\s+(?P<field>{_ANY})",
        rf"(?:what|which)\s+(?P<field>{_ANY})\s+(?:does|is|has)\s+(?P<lead>.+?)(?:\s+(?:have"
        r"|in|at|work for|work at|from|with))?",
        r"(?:does|has|have)\s+(?P<lead>.+?)\s+(?:have|got|given)\s+(?:us\s+)?(?:an?|any"
        rf"|the)\s+(?P<field>{_ANY})",
        r"any(?:thing)?\s+(?P<field>noted|notes)\s+(?:about|on|for|of)\s+(?P<lead>.+)",
        r"where\s+did\s+(?P<lead>.+?)\s+(?P<field>come)\s+from",
        r"how\s+(?P<field>much)\s+is\s+(?P<lead>.+?)\s+worth",
        r"where\s+does\s+(?P<lead>.+?)\s+(?P<field>work)",
        rf"what\s+do(?:es)?\s+(?:the\s+)?(?P<field>{_ANY})\s+(?:of|for|on|about)\s+"
        r"(?P<lead>.+?)\s+says?",
    )
)  # fmt: skip
_WHO: Final = re.compile(
    r"(?:how (?:can|do) (?:i|we) (?:reach|contact|get hold of) |who(?:'s| is) (?!in\b|at\b"
    r"|from\b|there\b)|tell me (?:more )?about |"
    r"(?:show|give)(?: me)? (?:the )?details (?:of|for|about) |details (?:of|for) )(?P<lead>.+)",
    re.IGNORECASE,
)
_OTHER: Final = {
    "much": "value", "work": "company", "come": "source", "noted": "notes",
    "column": "status", "stage": "status", "status": "status",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fact(Command):
    """Answers what is known of a lead."""

    lead: str
    field: str | None = None
    intent = "question"
    title = "answers what is known of a lead"
    tools = ("search_leads", "get_lead")
    examples = (
        "what is Jane Doe's email?",
        "phone number of Jane Doe",
        "how much is Jane Doe worth?",
        "what status does Jane Doe have?",
        "show the notes of Jane Doe",
        "who is Jane Doe?",
    )

    @classmethod
    def read(cls, text: str) -> Fact | None:
        """A field and a lead, in one of the forms."""
        if found := _WHO.fullmatch(text):
            return cls(lead_in(found["lead"]))
        for form in _FORMS:
            if found := form.fullmatch(text):
                said = found["field"].lower()
                return cls(lead_in(found["lead"]), _OTHER.get(said) or field_named(said))
        return None

    def plan(self, heard: Heard) -> Plan:
        """Finds the lead; only notes need to be read apart."""
        lead = yield from find_one(self.lead, heard)
        who = quoted(lead["name"])
        if self.field is None:
            return f"{who}: {details(lead)}."
        known = lead.get(self.field)
        if self.field == "notes":
            found = yield from step("get_lead", lead_id=lead["id"])
            known = (found.data or {}).get("notes")
        if known in (None, ""):
            return f"No {self.field} of {who} is known."
        return f"The {self.field} of {who}: {money(known) if self.field == 'value' else known}."
