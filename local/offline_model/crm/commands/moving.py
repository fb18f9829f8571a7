"""A lead that goes to another column."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from local.offline_model.crm.columns import column
from local.offline_model.crm.commands.command import Command
from local.offline_model.crm.heard import Heard
from local.offline_model.crm.leads import find_one, lead_in
from local.offline_model.crm.pending import asks, shown
from local.offline_model.crm.plans import Plan, ToldError, step
from local.offline_model.crm.wording import quoted
from shared.crm.lead import STATUSES

_MOVE: Final = r"(?:move|drag|shift|transfer|bring|push|drop|advance)"
_PLACE: Final = r"(?:put|place|set|send|change|update|switch|make|mark|flag|close|return)"
_TO: Final = r"(?:back )?(?:to|into|in|onto|as|on)"
_STATUS: Final = r"(?:status|column|stage)"
_CHANGE: Final = r"(?:change|set|update|switch|make)"
FORMS: Final = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"{_CHANGE} (?:the )?{_STATUS} (?:of|for) (?P<lead>.+) (?:to|as|into|=) (?P<column>.+)",
        rf"{_CHANGE} (?P<lead>.+?)(?:'s?)? {_STATUS} (?:to|as|into|=) (?P<column>.+)",
        rf"for (?P<lead>.+?),? {_CHANGE} (?:the )?{_STATUS} (?:to|as|=) (?P<column>.+)",
        rf"(?:{_MOVE}|{_PLACE}) (?P<lead>.+) {_TO} (?P<column>.+)",
        rf"{_TO} (?P<column>.+?),? (?:{_MOVE}|{_PLACE}) (?P<lead>.+)",
        r"(?:the |a )?(?P<column>meeting) (?:with|for) (?P<lead>.+?) (?:is|was|has been)"
        r" (?:booked|scheduled|set)",
        r"(?:the |a )?(?P<column>proposal|offer) (?:to|for) (?P<lead>.+?) (?:is|was|has been"
        r"|went) (?:sent|out)",
        r"(?P<lead>.+?)(?: has| have)?(?: just)? (?P<column>signed|accepted|declined"
        r"|rejected)(?: (?:it|us|the (?:offer|proposal|contract)))?",
        r"(?:we|i)(?:'ve| have)?(?: just)? (?P<column>won|lost) (?:the deal with )?(?P<lead>.+)",
        r"(?P<lead>.+?) (?:is|has been|was)(?: now| already)? (?P<column>.+)",
        r"(?P<lead>.+?) (?:should be|must be|needs to be|has to be|goes|belongs|can be|should"
        r"|can|must)"
        rf"(?: now)?(?: moved| put| go| move)?(?: {_TO})? (?P<column>.+)",
        r"(?P<lead>(?!go\b|lead\b|talk\b|back\b)\S+(?: \S+){0,2}) to (?P<column>.+)",
        r"(?P<lead>.+?)\s*(?:->|=>|→|-->)\s*(?P<column>.+)",
        r"(?:(?:i|we)(?:'ve| have)?(?: just)? )?sent (?:the |a |our )?(?P<column>proposal"
        r"|offer) to (?P<lead>.+)",
        r"(?:(?:i|we)(?:'ve| have)?(?: just)? )?booked (?:the |a )?(?P<column>meeting) with "
        r"(?P<lead>.+)",
    )
)  # fmt: skip
_NOWHERE: Final = re.compile(
    r"(?:move|drag|shift|transfer|bring|advance|reopen) (?P<lead>.+?)(?: (?:to|into|onto) "
    r"(?P<column>.+))?",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Move(Command):
    """Moves a card."""

    lead: str
    column: str | None
    said: str = ""
    """What was said for a column, if there is none of that name."""
    intent = "change"
    title = "moves a lead to another column"
    tools = ("search_leads", "update_lead_status")
    examples = (
        "move Jane Doe to Meeting booked",
        "drag Jane Doe to Closed lost",
        "put Jane Doe in the meeting column",
        "mark Jane Doe as won",
        "set the status of Jane Doe to Interest",
        "we lost Jane Doe",
        "I sent the proposal to Jane Doe",
        "Jane Doe -> Closed win",
    )

    @classmethod
    def read(cls, text: str) -> Move | None:
        """A lead and a column, in one of the forms; or a move without a column that there is."""
        for form in FORMS:
            found = form.fullmatch(text)
            if found and (name := column(found["column"])):
                return cls(lead_in(found["lead"]), name)
        found = _NOWHERE.fullmatch(text)
        if found is None:
            return None
        return cls(lead_in(found["lead"]), None, (found["column"] or "").strip())

    def plan(self, heard: Heard) -> Plan:
        """Finds the lead, then moves it."""
        if self.column is None:
            unknown = f"There is no column “{self.said}”. " if self.said else ""
            columns = ", ".join(STATUSES)
            raise ToldError(
                f"{unknown}Which column do you mean for “{heard.said}”? There are {columns}."
            )
        lead = yield from find_one(self.lead, heard)
        result = yield from step("update_lead_status", lead_id=lead["id"], new_status=self.column)
        if asks(result):
            return shown(result)
        return f"{quoted(lead['name'])} is in {self.column} now. {result.message}."
