"""What bounds a search: amounts, columns, sources, a number; and the words that are left."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from local.offline_model.crm.amounts import AMOUNT, amount
from local.offline_model.crm.columns import COLUMNS
from local.offline_model.crm.leads import IT, lead_in
from local.offline_model.crm.sources import SOURCES
from local.offline_model.crm.wording import money

_LONGEST: Final = 200
_MOST_LISTED: Final = 20
"""Leads of one answer; the tool gives no more."""
_BETWEEN: Final = re.compile(
    rf"\b(?:between|from) (?P<least>{AMOUNT}) (?:and|to) (?P<most>{AMOUNT})", re.IGNORECASE
)
_LEAST: Final = re.compile(
    r"(?:\b(?:over|above|more than|greater than|higher than|bigger than|at least|from|minimum|min|"
    rf"exceeding)|>=?)\s*(?P<amount>{AMOUNT})|\b(?P<plus>{AMOUNT})(?:\+| or more| and up)",
    re.IGNORECASE,
)
_MOST: Final = re.compile(
    r"(?:\b(?:under|below|less than|lower than|smaller than|at most|up to|maximum|max)|<=?)"
    rf"\s*(?P<amount>{AMOUNT})|\b(?P<plus>{AMOUNT}) or less",
    re.IGNORECASE,
)
_LIMIT: Final = re.compile(r"\b(?:the )?(?:first|top|last) (?P<limit>\d{1,3})\b", re.IGNORECASE)
_EMAIL: Final = re.compile(r"[\w.+-]+@[\w.-]+\w")
_NOISE: Final = re.compile(
    r"\b(?:leads?|deals?|cards?|contacts?|people|persons?|anyone|anybody|someone|every|everyone|"
    r"everybody|everything|all|any|the|an?|our|my|we|have|has|that|which|who|whose|are|is|were|was|"
    r"with|from|at|in|of|for|by|on|to|and|worth|values?|amount|status|source|column|stage|company|"
    r"e-?mail(?: address)?|named?|called|came|come|comes|coming|through|via|currently|did|met"
    r"|crm|pipeline|me|us|there|do|"
    r"please|details|info|information|about|works?|working|board|been)\b",
    re.IGNORECASE,
)
_OWNED: Final = re.compile(r"'s(?= (?:leads?|cards?|deals?|contacts?|records?)\b)", re.IGNORECASE)
_WORDS: Final = re.compile(r"[^\s,;:!?]+")
_IS_ABOUT_LEADS: Final = re.compile(
    r"\b(?:all|every\w*|leads?|deals?|cards?|contacts?|any\w*)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a search is bounded by."""

    query: str = ""
    status: str | None = None
    source: str | None = None
    min_value: float | None = None
    max_value: float | None = None
    limit: int | None = None

    def arguments(self) -> dict[str, Any]:
        """As the tool takes them."""
        return {
            "query": self.query[:_LONGEST] or None, "status": self.status, "source": self.source,
            "min_value": self.min_value, "max_value": self.max_value, "limit": self.limit,
        }  # fmt: skip

    def said(self, query: str) -> str:
        """In words, after `leads`."""
        parts = [
            f" for “{query}”" if query else "",
            f" in {self.status}" if self.status else "",
            f" with source {self.source}" if self.source else "",
            f" worth {money(self.min_value)} or more" if self.min_value is not None else "",
            f" worth {money(self.max_value)} or less" if self.max_value is not None else "",
        ]
        return "".join(parts)


def filters_of(said: str) -> Filters | None:
    """Reads the rest of a search; None if there is nothing to search by."""
    found: dict[str, Any] = {}
    text = said
    for read in (_between, _least, _most, _limit, _column, _source):
        text = read(text, found)
    query = _query(text)
    if not query and not found and not _IS_ABOUT_LEADS.search(said):
        return None
    return Filters(query, **found)


Reader = Callable[[str, dict[str, Any]], str]


def _between(text: str, found: dict[str, Any]) -> str:
    match = _BETWEEN.search(text)
    if match is None:
        return text
    found["min_value"], found["max_value"] = amount(match["least"]), amount(match["most"])
    return _without(text, match.span())


def _least(text: str, found: dict[str, Any]) -> str:
    return _bound("min_value", _LEAST, text, found)


def _most(text: str, found: dict[str, Any]) -> str:
    return _bound("max_value", _MOST, text, found)


def _bound(name: str, form: re.Pattern[str], text: str, found: dict[str, Any]) -> str:
    match = form.search(text)
    if match is None or name in found:
        return text
    found[name] = amount(match["amount"] or match["plus"])
    return _without(text, match.span())


def _limit(text: str, found: dict[str, Any]) -> str:
    match = _LIMIT.search(text)
    if match is None:
        return text
    found["limit"] = min(max(int(match["limit"]), 1), _MOST_LISTED)
    return _without(text, match.span())


def _column(text: str, found: dict[str, Any]) -> str:
    named = None if _EMAIL.search(text) else COLUMNS.within(text)
    if named is None:
        return text
    found["status"] = named[0]
    return _without(text, named[1])


def _source(text: str, found: dict[str, Any]) -> str:
    named = None if _EMAIL.search(text) else SOURCES.within(text)
    if named is None:
        return text
    found["source"] = named[0]
    return _without(text, named[1])


def _query(text: str) -> str:
    if email := _EMAIL.search(text):
        return email[0]
    if lead_in(text) == IT:
        return IT
    return " ".join(_WORDS.findall(_NOISE.sub(" ", _OWNED.sub(" ", text)))).strip(' ."“”')


def _without(text: str, span: tuple[int, int]) -> str:
    return f"{text[: span[0]]} {text[span[1] :]}"
