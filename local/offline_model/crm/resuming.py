"""An answer to the assistant's own question: which listed lead, which column, which name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from local.offline_model.crm.columns import column
from local.offline_model.crm.commands.command import Command
from local.offline_model.crm.commands.creating import Create
from local.offline_model.crm.commands.moving import Move
from local.offline_model.crm.leads import lead_in
from local.offline_model.crm.new_lead import fields_of

_REQUEST: Final = re.compile(r"(?:mean|lead) for “(?P<request>[^”\n]+)”")
_LISTED: Final = re.compile(r"^(?P<number>\d+)\. (?P<name>[^:\n]+): (?P<details>.*)$", re.MULTILINE)
_NUMBER: Final = re.compile(
    r"(?:the |number |no\.? ?|option |#)*(?P<number>\d{1,2}|first|second|third|fourth|fifth|last)"
    r"(?:st|nd|rd|th)?(?: one| lead)?",
    re.IGNORECASE,
)
_ORDINALS: Final = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}
_WORDS: Final = re.compile(
    r"(?:i mean(?:t)? |it'?s |the one |the lead |that one )*(?:(?:at|from|of|in|with|called"
    r"|named) )?"
    r"(?:the )?(?P<words>.+?)(?: one)?",
    re.IGNORECASE,
)
_INTO: Final = re.compile(r"^(?:to|in|into) ", re.IGNORECASE)
_EMAIL: Final = re.compile(r"[^\s,]+@[^\s,]+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A lead of a list that was shown."""

    name: str
    details: str

    def query(self, among: Sequence[Candidate]) -> str:
        """What finds this one and no other of the list."""
        if [each.name for each in among].count(self.name) == 1:
            return self.name
        email = _EMAIL.search(self.details)
        return email[0] if email else f"{self.name} {self.details.partition(',')[0]}"


def request_in(question: str) -> str | None:
    """The user's request that a question quotes."""
    found = _REQUEST.search(question)
    return found["request"] if found else None


def resumed(suspended: Command, answer: str, question: str) -> Command | None:
    """The suspended command with what was missing, or None if that is no answer."""
    if isinstance(suspended, Create):
        fields = {**suspended.fields, **fields_of(answer)}
        return Create(fields) if "name" in fields else None
    if isinstance(suspended, Move) and suspended.column is None:
        name = column(_INTO.sub("", answer))
        return replace(suspended, column=name) if name else None
    lead = _chosen(answer, question)
    if lead is None or not hasattr(suspended, "lead"):
        return None
    with_lead: Any = suspended
    chosen: Command = replace(with_lead, lead=lead)
    return chosen


def _chosen(answer: str, question: str) -> str | None:
    among = [Candidate(row["name"], row["details"]) for row in _LISTED.finditer(question)]
    if not among:
        return lead_in(answer) or None
    if found := _NUMBER.fullmatch(answer):
        said = found["number"].lower()
        at = _ORDINALS.get(said) or int(said)
        return among[at - (at > 0)].query(among) if at <= len(among) else None
    words = _WORDS.fullmatch(answer)
    said = words["words"].casefold() if words else answer.casefold()
    fitting = [each for each in among if said in f"{each.name}, {each.details}".casefold()]
    return fitting[0].query(among) if len(fitting) == 1 else None
