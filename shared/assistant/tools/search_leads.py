"""Finds leads by what people call them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from pydantic import Field

from shared.agents.tool import ToolArguments
from shared.assistant.desk import Desk
from shared.assistant.matching import Match, candidates, find_matching_leads, is_ambiguous
from shared.assistant.money import NotAnAmountError, amount_of
from shared.assistant.reading import looked_at
from shared.assistant.refused import RefusedError
from shared.assistant.sources import UnknownSourceError, source_of
from shared.assistant.told import Told
from shared.assistant.tool import ReadTool, card
from shared.crm.lead import STATUSES, Lead, LeadStatus

_BYTES: Final = 8_000


class LeadSearch(ToolArguments):
    """What is looked for; a query, filters, or both."""

    query: str = Field(max_length=200, description="Name, company or e-mail; empty with filters")
    status: LeadStatus | None = None
    source: str | None = Field(None, max_length=40)
    min_value: float | str | None = None
    max_value: float | str | None = None
    limit: int | None = Field(None, ge=1, le=20, description="5 if not given")
    cursor: str | None = Field(None, max_length=10, description="Of the page before")


class SearchLeads(ReadTool[LeadSearch]):
    """Looks through the board, within a bound."""

    name = "search_leads"
    description = (
        "Finds leads by name, company or e-mail, also with typos. `ambiguous` means that several "
        "fit: ask the user which one."
    )
    Arguments = LeadSearch
    example = {"query": "John Tech"}

    async def read(self, arguments: LeadSearch, desk: Desk) -> Told:
        """Looks."""
        columns = [arguments.status] if arguments.status else STATUSES
        looked = await looked_at(desk.leads.board, desk.tenant, columns)
        fits = filtered(looked.leads, arguments)
        matches = find_matching_leads(arguments.query, fits)
        if not arguments.query.strip() and _filters(arguments):
            matches = [Match(lead, 0, "filter") for lead in fits]
        said = arguments.cursor or ""
        begin = int(said) if said.isascii() and said.isdecimal() else 0
        rows = _rows(matches[begin : begin + (arguments.limit or 5)])
        more = begin + len(rows) < len(matches)
        unclear = bool(arguments.query.strip()) and is_ambiguous(matches)
        return Told(
            success=True,
            message=f"Found {len(matches)} matching leads{looked.note()}",
            data=rows,
            total=len(matches),
            cursor=str(begin + len(rows)) if more and rows else None,
            ambiguous=unclear,
            ambiguous_ids=[match.lead.id for match in candidates(matches)] if unclear else None,
            found_ids=[match.lead.id for match in matches[:1]],
            asked_for=arguments.query,
        )


def filtered(leads: Sequence[Lead], wanted: LeadSearch) -> list[Lead]:
    """Those within the filters; one without a value is in no range."""
    try:
        source = source_of(wanted.source) if wanted.source else None
        least = None if wanted.min_value is None else amount_of(wanted.min_value)
        most = None if wanted.max_value is None else amount_of(wanted.max_value)
    except (UnknownSourceError, NotAnAmountError) as error:
        raise RefusedError(str(error)) from None
    return [
        lead
        for lead in leads
        if (source is None or (lead.source or "").casefold() == source.casefold())
        and (least is None or (lead.value is not None and lead.value >= least))
        and (most is None or (lead.value is not None and lead.value <= most))
    ]


def _filters(wanted: LeadSearch) -> bool:
    given = (wanted.status, wanted.source, wanted.min_value, wanted.max_value)
    return any(each is not None for each in given)


def _rows(matches: Sequence[Match]) -> list[dict[str, Any]]:
    """The leads as they are shown, as many as a result has room for."""
    rows: list[dict[str, Any]] = []
    room = _BYTES
    for match in matches:
        row = card(match.lead, score=match.score, reason=match.reason)
        room -= len(json.dumps(row))
        if room < 0 and rows:
            break
        rows.append(row)
    return rows
