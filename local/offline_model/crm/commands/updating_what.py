"""A change that does not say what is changed, or to what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from local.offline_model.crm.commands.command import Command
from local.offline_model.crm.fields import FIELD
from local.offline_model.crm.heard import Heard
from local.offline_model.crm.leads import IT, lead_in
from local.offline_model.crm.plans import Plan

_FORM: Final = re.compile(
    rf"(?:update|edit|modify|change) (?P<lead>.+?)(?:'s? (?P<field>{FIELD}))?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class UpdateWhat(Command):
    """Asks what to change."""

    lead: str
    field: str
    intent = "change"
    title = "asks which field, and for its new value"
    examples = ("update Jane Doe", "change Jane Doe's phone")

    @classmethod
    def read(cls, text: str) -> UpdateWhat | None:
        """`update LEAD`."""
        found = _FORM.fullmatch(text)
        return cls(lead_in(found["lead"]), found["field"] or "phone") if found else None

    def plan(self, heard: Heard) -> Plan:
        """Answers at once."""
        yield from ()
        lead = heard.last_lead if self.lead == IT else self.lead
        return (
            "What shall I change? Tell me the field and its new value, for example "
            f"“change {lead or 'Jane Doe'}'s {self.field} to …”."
        )
