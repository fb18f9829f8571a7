"""Leads that are taken away, one at a time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from local.offline_model.crm.commands.command import Command
from local.offline_model.crm.heard import Heard
from local.offline_model.crm.leads import find_one, lead_in
from local.offline_model.crm.pending import asks, shown
from local.offline_model.crm.plans import Plan, step

_VERBS: Final = r"(?:delete|remove|erase|discard|trash|get rid of|throw (?:out|away)|wipe(?: out)?)"
_DELETE: Final = re.compile(
    rf"{_VERBS}(?:\s+(?P<lead>.+?))?"
    r"(?:\s+(?:from|off) (?:the |my |our )?(?:board|crm|pipeline|list|database|system))?",
    re.IGNORECASE,
)
_FORMS: Final = (
    _DELETE,
    re.compile(
        r"drop (?P<lead>.+?) from (?:the |my |our )?(?:board|crm|pipeline|list|database)", re.I
    ),
    re.compile(
        r"(?P<lead>.+?) (?:can|should|must|has to|needs to|is to) be (?:deleted|removed|erased)",
        re.I,
    ),
)
_MANY: Final = re.compile(
    rf"{_VERBS} (?:all|every|everything|everyone|each|both)\b.*", re.IGNORECASE
)


class DeleteMany(Command):
    """Refuses to delete several leads at once."""

    intent = "destructive"
    title = "says that leads are deleted one at a time"
    examples = ("delete all leads", "remove everything")

    @classmethod
    def read(cls, text: str) -> DeleteMany | None:
        """`delete all …`."""
        return cls() if _MANY.match(text) else None

    def plan(self, heard: Heard) -> Plan:
        """Answers at once."""
        yield from ()
        return "I delete leads one at a time: name one, or move many to Closed lost."


@dataclass(frozen=True, slots=True)
class Delete(Command):
    """Deletes a lead, after a yes."""

    lead: str
    intent = "destructive"
    title = "deletes a lead, after your yes"
    tools = ("search_leads", "delete_lead")
    examples = ("delete Jane Doe", "remove the lead Jane Doe", "get rid of Jane Doe")

    @classmethod
    def read(cls, text: str) -> Delete | None:
        """`delete LEAD`."""
        found = next((found for form in _FORMS if (found := form.fullmatch(text))), None)
        return cls(lead_in(found["lead"] or "")) if found else None

    def plan(self, heard: Heard) -> Plan:
        """Finds the lead, then asks for it to be deleted."""
        lead = yield from find_one(self.lead, heard)
        result = yield from step("delete_lead", lead_id=lead["id"])
        if asks(result):
            return shown(result)
        return result.message
