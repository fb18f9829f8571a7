"""Many leads that go to another column at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from local.offline_model.crm.columns import column
from local.offline_model.crm.commands.command import Command
from local.offline_model.crm.commands.moving import FORMS
from local.offline_model.crm.heard import Heard
from local.offline_model.crm.leads import lead_in
from local.offline_model.crm.pending import asks, shown
from local.offline_model.crm.plans import Plan, step

_ALL: Final = re.compile(
    r"(?:all|every|everything|everyone|everybody|each|any)\b(?: of)?(?: the| my| our)?\s*"
    r"(?P<which>.*)",
    re.IGNORECASE,
)
_BACK: Final = re.compile(r"\s+(?:back|again|over)$", re.IGNORECASE)
_FROM: Final = re.compile(r"\s+from (?P<column>.+)$", re.IGNORECASE)
_LEADS: Final = re.compile(r"\b(?:leads?|cards?|deals?|contacts?)\b", re.IGNORECASE)
_PLACE: Final = re.compile(
    r"^(?:(?:that|which|who)(?: are| is)?\s+)?(?:currently\s+)?(?:in|of|from|at|with|on)\s+"
    r"(?:(?:the\s+)?(?:column|status|stage|company)\s+)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class MoveMany(Command):
    """Moves all cards of a column or of a company, after a yes."""

    column: str
    from_column: str | None = None
    query: str | None = None
    intent = "change"
    title = "moves all leads of a column or company, after your yes"
    tools = ("move_leads",)
    examples = (
        "move all leads from Interest to Closed lost",
        "move everything in Meeting booked to Proposal sent",
        "put all leads of Acme into Meeting booked",
    )

    @classmethod
    def read(cls, text: str) -> MoveMany | None:
        """As one lead is moved, with all leads of somewhere instead of the lead."""
        for form in FORMS:
            found = form.fullmatch(text)
            name = column(found["column"]) if found else None
            which = _ALL.fullmatch(found["lead"]) if found else None
            if name and which:
                return cls._of(name, which["which"])
        return None

    @classmethod
    def _of(cls, to: str, which: str) -> MoveMany | None:
        bare = " ".join(_LEADS.sub(" ", _BACK.sub("", which)).split())
        place = _PLACE.sub("", bare)
        if name := column(place):
            return cls(to, from_column=name)
        if ends := _FROM.search(bare):
            start = column(ends["column"])
            return cls(to, start, lead_in(bare[: ends.start()]) or None) if start else None
        return cls(to, query=lead_in(place)) if place else None

    def plan(self, heard: Heard) -> Plan:
        """Asks for the move; the tool finds the leads itself."""
        result = yield from step(
            "move_leads",
            lead_ids=None,
            from_status=self.from_column,
            query=self.query,
            new_status=self.column,
        )
        return shown(result) if asks(result) else result.message
