"""A field of a lead that gets another value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from local.offline_model.crm.commands.command import Command
from local.offline_model.crm.fields import FIELD, field_named, value_of
from local.offline_model.crm.heard import Heard
from local.offline_model.crm.leads import IT, find_one, lead_in
from local.offline_model.crm.pending import asks, shown
from local.offline_model.crm.plans import Plan, step
from local.offline_model.crm.wording import money, quoted

_CHANGE: Final = (
    r"(?:update|change|set|edit|correct|fix|modify|make|replace|adjust|raise|increase|lower|reduce)"
)
_TO: Final = r"(?:\s+from\s+\S+(?:\s+\S+)?)?(?:\s*[:=]\s*|\s+(?:to|as|into|with|is|be)\s+|\s+)"
_TO_FIRMLY: Final = r"(?:\s+from\s+\S+(?:\s+\S+)?)?(?:\s*[:=]\s*|\s+(?:to|as|into|with)\s+)"
_FORMS: Final = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"{_CHANGE}\s+(?:the\s+)?(?P<field>{FIELD})\s+(?:of|for|on)\s+"
        rf"(?P<lead>.+?){_TO_FIRMLY}(?P<value>.+)",
        rf"{_CHANGE}\s+(?P<lead>his|her|its|their|the)\s+(?P<field>{FIELD}){_TO_FIRMLY}"
        r"(?P<value>.+)",
        rf"{_CHANGE}\s+(?P<lead>.+?)'s?\s+(?P<field>{FIELD}){_TO}(?P<value>.+)",
        rf"{_CHANGE}\s+(?P<lead>.+?)\s*[:,]\s*(?:the\s+)?(?P<field>{FIELD}){_TO}(?P<value>.+)",
        rf"(?:for|on)\s+(?P<lead>.+?),?\s+{_CHANGE}\s+(?:the\s+)?(?P<field>{FIELD}){_TO}"
        r"(?P<value>.+)",
        rf"(?P<lead>.+?)'s?\s+(?:new\s+)?(?P<field>{FIELD})\s+(?:is|changed to|should"
        r" be)(?:\s+now)?\s+(?P<value>.+)",
        rf"the\s+(?:new\s+)?(?P<field>{FIELD})\s+of\s+(?P<lead>.+?)\s+(?:is|should"
        r" be)(?:\s+now)?\s+(?P<value>.+)",
        r"(?P<lead>.+?)\s+is(?:\s+now)?\s+(?P<field>worth)\s+(?P<value>.+)",
        r"(?P<lead>.+?)(?:\s+has)?\s+changed\s+(?:his|her|its|their|the)\s+"
        rf"(?P<field>{FIELD})\s+to\s+(?P<value>.+)",
        rf"give\s+(?P<lead>.+?)\s+(?:the|an?)\s+(?:new\s+)?(?P<field>{FIELD})\s+(?:of\s+)?"
        r"(?P<value>\S*[\d@]\S*.*)",
        r"(?P<lead>.+?)(?:\s+now)?\s+(?P<field>works)\s+(?:for|at)\s+(?P<value>.+)",
        rf"{_CHANGE}\s+(?P<lead>.+?)\s+(?P<field>{FIELD})\s+(?:to|=)\s+(?P<value>.+)",
    )
)  # fmt: skip
_ASKS: Final = re.compile(r"(?:who|what|which|where|how|does|do|is)\b", re.IGNORECASE)
_RENAME: Final = re.compile(r"rename (?P<lead>.+?) (?:to|as|into) (?P<value>.+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Update(Command):
    """Changes a field."""

    lead: str
    field: str
    value: str
    intent = "change"
    title = "changes name, company, email, phone, value, notes or source"
    tools = ("search_leads", "update_lead_data")
    examples = (
        "change Jane Doe's email to jane@new.example",
        "set the value of Jane Doe to 20k",
        "rename Jane Doe to Jane Roe",
        "Jane Doe is now worth $18,000",
        "edit Jane Doe: phone = +1-555-0101",
        "set notes of Jane Doe to Prefers mornings",
    )

    @classmethod
    def read(cls, text: str) -> Update | None:
        """A lead, a field and a value, in one of the forms."""
        if found := _RENAME.fullmatch(text):
            return cls(lead_in(found["lead"]), "name", value_of("name", found["value"]))
        for form in _FORMS:
            if (found := form.fullmatch(text)) and not _ASKS.match(found["lead"]):
                return cls._of(found["lead"], found["field"], found["value"])
        return None

    @classmethod
    def _of(cls, lead: str, said: str, value: str) -> Update | None:
        field = "company" if said.lower() == "works" else field_named(said)
        if field is None:
            return None
        who = IT if lead.lower() in {"their", "the"} else lead_in(lead)
        return cls(who, field, value_of(field, value))

    def plan(self, heard: Heard) -> Plan:
        """Finds the lead, then changes it."""
        lead = yield from find_one(self.lead, heard)
        name = lead["name"]
        result = yield from step(
            "update_lead_data", lead_id=lead["id"], field=self.field, value=self.value
        )
        if asks(result):
            return shown(result)
        if self.field == "name":
            return f"{quoted(self.value)} is the new name of {name}. {result.message}."
        new = money(self.value) if self.field == "value" else self.value
        return f"{quoted(name)} has a new {self.field}: {new}. {result.message}."
