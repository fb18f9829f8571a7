"""A note that is added to those of a lead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from local.offline_model.crm.commands.command import Command
from local.offline_model.crm.heard import Heard
from local.offline_model.crm.leads import find_one, lead_in
from local.offline_model.crm.pending import asks, shown
from local.offline_model.crm.plans import Plan, ToldError, step
from local.offline_model.crm.wording import quoted

_NOTE: Final = r"(?:note|comment|remark)"
_WRITE: Final = r"(?:add|write|make|leave|attach|put|append|create|save)"
_FORMS: Final = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?:{_WRITE} )?(?:an? |the )?(?:new )?{_NOTE} (?:to|for|on|about|at) (?P<lead>[^:]+?)"
        r"\s*(?::|,? (?:saying|that says|that))\s*(?P<note>.+)",
        rf"{_WRITE} (?:an? |the )?(?:new )?{_NOTE}:?\s*[\"“'](?P<note>.+)[\"”'] (?:to|for|on) "
        r"(?P<lead>.+)",
    )
)  # fmt: skip
_THAT: Final = re.compile(r"[Nn]ote (?:down )?that (?P<lead>[A-Z]\S*(?: [A-Z]\S*)*) (?P<note>.+)")
_SHOWN: Final = 2_000
"""Characters of notes that the tool shows; what it cut off must not be overwritten."""


@dataclass(frozen=True, slots=True)
class Note(Command):
    """Adds a note behind the notes that there are."""

    lead: str
    note: str
    intent = "change"
    title = "adds a note behind those that there are"
    tools = ("search_leads", "get_lead", "update_lead_data")
    examples = (
        "add a note to Jane Doe: asked for a discount",
        "note for Jane Doe: budget approved",
        "note that Jane Doe wants a call on Friday",
        'add the note "call back on Monday" to Jane Doe',
    )

    @classmethod
    def read(cls, text: str) -> Note | None:
        """`add a note to LEAD: NOTE`."""
        for form in (*_FORMS, _THAT):
            if found := form.fullmatch(text):
                return cls(lead_in(found["lead"]), found["note"].strip(' "“”'))
        return None

    def plan(self, heard: Heard) -> Plan:
        """Finds the lead, reads its notes, and writes them back with one more."""
        lead = yield from find_one(self.lead, heard)
        found = yield from step("get_lead", lead_id=lead["id"])
        before = (found.data or {}).get("notes")
        if before and len(before) >= _SHOWN:
            raise ToldError(
                f"The notes of {quoted(lead['name'])} are too long to add to them here."
            )
        notes = f"{before}\n{self.note}" if before else self.note
        result = yield from step("update_lead_data", lead_id=lead["id"], field="notes", value=notes)
        if asks(result):
            return shown(result)
        return f"I added the note to {quoted(lead['name'])}."
