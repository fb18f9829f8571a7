"""A lead that becomes a deal: known, and not possible yet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from local.offline_model.crm.commands.command import Command
from local.offline_model.crm.heard import Heard
from local.offline_model.crm.leads import lead_in
from local.offline_model.crm.plans import Plan

_CONVERT: Final = re.compile(
    r"convert (?P<lead>.+?)(?: (?:in)?to (?:an? )?(?:deal|account|contact|customer"
    r"|opportunity).*)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Convert(Command):
    """Says that no tool converts leads."""

    lead: str
    intent = "change"
    title = "says that leads cannot be converted here yet"
    examples = ("convert Jane Doe", "convert Jane Doe to a deal")

    @classmethod
    def read(cls, text: str) -> Convert | None:
        """`convert LEAD to a deal`."""
        found = _CONVERT.fullmatch(text)
        return cls(lead_in(found["lead"])) if found else None

    def plan(self, heard: Heard) -> Plan:
        """Answers at once."""
        yield from ()
        return (
            "I have no tool that converts a lead to a deal. "
            f"You can move it to Closed win: “mark {self.lead} as won”."
        )
