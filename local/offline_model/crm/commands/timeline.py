"""What happened to a lead."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from local.offline_model.crm.commands.command import Command
from local.offline_model.crm.heard import Heard
from local.offline_model.crm.leads import find_one, lead_in
from local.offline_model.crm.plans import Plan, step
from local.offline_model.crm.wording import quoted

_WHAT: Final = r"(?:timeline|history|activity|activities|events|log|changes)"
_ASK: Final = r"(?:(?:show|give|get|tell|list|display|see|view)(?: me)?|what(?:'s| is| are))?"
_FORMS: Final = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"{_ASK}\s*(?:the )?(?:full |whole |complete )?(?:last (?P<limit>[0-9]{{1,4}}) )?{_WHAT}"
        r" (?:of|for|with|on) (?P<lead>.+)",
        rf"{_ASK}\s*(?P<lead>.+?)(?:'s?)? {_WHAT}",
        r"when was (?P<lead>.+?)(?: last)? (?:changed|moved|created|added|updated|edited)",
        r"what (?:have|did) (?:we|i) (?:done|do) (?:with|for) (?P<lead>.+?)(?: so far)?",
        r"what(?:'s| has|) happened (?:to|with) (?P<lead>.+)",
    )
)
_MOST: Final = 50
"""Entries of one answer; the tool gives no more."""


@dataclass(frozen=True, slots=True)
class Timeline(Command):
    """Tells what happened to a lead."""

    lead: str
    limit: int | None = None
    intent = "question"
    title = "tells what happened to a lead"
    tools = ("search_leads", "lead_timeline")
    examples = (
        "show the timeline of Jane Doe",
        "Jane Doe's history",
        "what happened with Jane Doe?",
        "last 5 events of Jane Doe",
    )

    @classmethod
    def read(cls, text: str) -> Timeline | None:
        """`timeline of LEAD`, `LEAD's history`."""
        for form in _FORMS:
            if found := form.fullmatch(text):
                limit = found.groupdict().get("limit")
                return cls(
                    lead_in(found["lead"]), min(max(int(limit), 1), _MOST) if limit else None
                )
        return None

    def plan(self, heard: Heard) -> Plan:
        """Finds the lead, then reads its timeline."""
        lead = yield from find_one(self.lead, heard)
        result = yield from step("lead_timeline", lead_id=lead["id"], limit=self.limit)
        events = result.data if isinstance(result.data, list) else (result.data or {}).get("events")
        if not events:
            return f"Nothing is noted in the timeline of {quoted(lead['name'])}."
        lines = "".join(f"\n- {_line(event)}" for event in events)
        return f"The timeline of {quoted(lead['name'])}:{lines}"


def _line(event: Mapping[str, Any]) -> str:
    """Whatever a tool calls them: when, what, and in which words."""
    when = str(event.get("at") or event.get("time") or event.get("occurred_at") or "")
    what = str(event.get("event_type") or event.get("type") or event.get("event") or "")
    said = str(event.get("what") or event.get("summary") or event.get("message") or "")
    return " ".join(part for part in (when[:16].replace("T", " "), what, said) if part)
