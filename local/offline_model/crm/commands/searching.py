"""Leads that are looked for, by words and by filters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from local.offline_model.crm.commands.command import Command
from local.offline_model.crm.filters import Filters, filters_of
from local.offline_model.crm.heard import Heard
from local.offline_model.crm.leads import IT
from local.offline_model.crm.plans import Plan, step
from local.offline_model.crm.wording import counted, details, listed, quoted

_VERBS: Final = re.compile(
    r"(?:find|search(?: for)?|look(?:ing)?(?: up| for)?|lookup|show|list|display|get|give|see"
    r"|fetch|open|pull up|bring up|"
    r"check(?: (?:if|whether))?)"
    r"(?: me| us)?\b(?P<rest>.*)",
    re.IGNORECASE,
)
_QUESTIONS: Final = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"(?:which|what|any|how many) (?P<rest>(?:.+ )?(?:leads?|deals?|cards?|contacts?)\b.*)",
        r"any(?:thing|one|body)? (?P<rest>(?:from|at|of|with|in) .+)",
        r"(?P<rest>(?:every|any)(?:one|body)\b.+)",
        r"who(?:'s| do we have| do we know| is| are| works?)(?: there)? (?P<rest>(?:at|in"
        r"|from|for) .+)",
        r"(?:do|did) (?:we|i|you) (?:have|know|find) (?P<rest>.+)",
        r"(?:is|are) there (?P<rest>.+)",
        r"where(?:'s| is| are) (?P<rest>.+?)(?: (?:on|in) the (?:board|pipeline))?",
        r"(?P<rest>(?:\S+ ){0,3}(?:leads|deals)\b.*)",
    )
)


@dataclass(frozen=True, slots=True)
class Search(Command):
    """Lists leads."""

    filters: Filters
    intent = "search"
    title = "finds leads by name, company, e-mail, column, source, value"
    tools = ("search_leads",)
    examples = (
        "find Jane Doe",
        "look up jane@example.com",
        "show leads at Acme",
        "which leads are in Proposal sent?",
        "leads with source Referral",
        "find leads worth more than 20k",
        "show leads between 10k and 60k in Interest",
        "list all leads",
    )

    @classmethod
    def read(cls, text: str) -> Search | None:
        """Words to search by, and what bounds the search."""
        found = _VERBS.fullmatch(text)
        for form in () if found else _QUESTIONS:
            if found := form.fullmatch(text):
                break
        filters = filters_of(found["rest"]) if found else None
        return cls(filters) if filters else None

    def plan(self, heard: Heard) -> Plan:
        """Searches once."""
        query = heard.last_lead if self.filters.query == IT else self.filters.query
        given = self.filters.arguments() | {"query": query[:200] or None}
        result = yield from step("search_leads", **given)
        leads: Sequence[dict[str, Any]] = result.data or ()
        asked = self.filters.said(query)
        if not leads and not any(given.values()):
            return (yield from _whole_board())
        if not leads:
            return f"I found no lead{asked}."
        if len(leads) == 1:
            return f"I found {quoted(leads[0]['name'])}: {details(leads[0])}."
        total = int(result.of("total") or len(leads))
        more = "" if total <= len(leads) else f"; these are the first {len(leads)}"
        return f"I found {counted(total, 'lead')}{asked}{more}:\n{listed(leads)}"


def _whole_board() -> Plan:
    """A search for nothing finds nothing: what there is in each column instead."""
    result = yield from step("board_summary")
    return f"{result.message}. Name a column, a company or a source to see its leads."
