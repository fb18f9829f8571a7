"""A new lead."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from local.offline_model.crm.commands.command import Command
from local.offline_model.crm.heard import Heard
from local.offline_model.crm.new_lead import fields_of
from local.offline_model.crm.pending import asks, shown
from local.offline_model.crm.plans import Plan, step
from local.offline_model.crm.wording import details, quoted

_VERB: Final = r"(?:add|create|make|register|enter|insert|put|save|record|open|set up)"
_LEAD: Final = (
    r"(?:(?:an?|the|another|one)\s+)?(?:(?:new|another)\s+)?(?:lead|prospect|contact|card|customer)"
)
_HEAD: Final = rf"(?:{_VERB}\s+{_LEAD}|(?:an?\s+)?new\s+(?:lead|prospect|contact))\b"
_FORMS: Final = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"{_HEAD}(?:\s*[:,])?(?:\s+(?:for|named|called))?\s*(?P<rest>.*)",
        r"(?:add|create|register|enter|insert|save|record)\s+(?P<rest>.+?)\s+as\s+an?\s+(?:new\s+)?"
        r"(?:lead|prospect|contact)\b(?:[\s,;.]+(?:he|she|they|it)\b)?(?P<before>.*)",
        rf"(?P<before>.+?)[,:]?\s+{_HEAD}(?:\s+(?:for|named|called))?\s*(?P<rest>.*)",
        r"(?:i|we)\s+(?:just\s+)?(?:met|spoke (?:to|with)|talked (?:to|with))\s+"
        r"(?P<rest>.+?)[,.;]?\s+"
        rf"(?:so\s+)?(?:please\s+)?{_VERB}\s+(?:him|her|them|it)(?:\s+as\s+a\s+(?:new\s+)?lead)?",
        r"(?:add|create|register)\s+(?P<rest>(?!an?\b|the\b|note|all\b|up\b|\d).+)",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Create(Command):
    """Creates a lead."""

    fields: Mapping[str, Any]
    intent = "create"
    title = "creates a lead; its fields in any order"
    tools = ("create_lead",)
    examples = (
        "add John Doe from Acme, email john@acme.example, phone +1-555-0101, worth 5k, "
        "source referral, in Proposal sent",
        "create a lead named Tom Ford",
        "new lead: Tom Ford, company Hooli, value $1,500",
        "with email tom@hooli.example add a lead named Tom Ford",
    )

    @classmethod
    def read(cls, text: str) -> Create | None:
        """A new lead, in one of the forms."""
        for form in _FORMS:
            if found := form.fullmatch(text):
                before = found.groupdict().get("before")
                said = f"{found['rest']}, {before}" if before else found["rest"]
                return cls(fields_of(said))
        return None

    def plan(self, heard: Heard) -> Plan:
        """Creates it, if it has a name."""
        name = self.fields.get("name")
        if not name:
            yield from ()
            return f"What is the name of the new lead for “{heard.said}”?"
        if isinstance(value := self.fields.get("value"), str):
            return f"“{value}” is no value that I can read; say for example “worth 5k”."
        result = yield from step("create_lead", **self.fields)
        if asks(result):
            return shown(result)
        lead = result.data if isinstance(result.data, Mapping) else {}
        known = details(lead)
        return f"{quoted(name)} is a new lead{f': {known}' if known else ''}. {result.message}."
