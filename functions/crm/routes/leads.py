"""Leads and their board (seed 002's six endpoints, their timeline, one column's pages)."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Query, Response

from functions.crm.dependencies import CallerDep, ServicesDep
from functions.crm.views import TimelineEntry, TimelineView
from functions.web.access import PrincipalDep, needs
from functions.web.problems import BadRequestError
from shared.crm.board import COLUMN_PAGE
from shared.crm.lead import STATUSES, Lead, LeadStatus, LeadUpdate, NewLead, StatusUpdate
from shared.crm.rebuilding import LeadComparison
from shared.events.claims import shown
from shared.identity.rights import Right

router = APIRouter(tags=["leads"])

Limit = Annotated[int, Query(ge=1, le=COLUMN_PAGE)]


@router.get("/leads/", dependencies=[needs(Right.LEADS_VIEW)])
async def board(
    who: PrincipalDep,
    at: ServicesDep,
    response: Response,
    status: str | None = None,
    cursor: str | None = None,
    limit: Limit = COLUMN_PAGE,
) -> dict[LeadStatus, list[Lead]]:
    """All leads by column, every column there; with `status` one column, with its cursor the rest.

    A column shows at most `limit` cards. The header `X-Board-Totals` says how many each column
    has, `X-Board-Cursors` where those that have more go on; both are JSON objects by column.
    """
    columns: dict[LeadStatus, list[Lead]] = {}
    totals: dict[str, int] = {}
    cursors: dict[str, str] = {}
    for name in _chosen(status, cursor):
        bound = f"board:{name}"
        start, passed = at.cursors.open(who.tenant, bound, cursor)
        column = at.leads.board.column(who.tenant, name, limit=limit, start=start, first=passed + 1)
        columns[name], totals[name] = column.cards, column.total
        shown = passed + len(column.cards)
        if more := at.cursors.seal(who.tenant, bound, column.next_start, shown):
            cursors[name] = more
    response.headers["X-Board-Totals"] = json.dumps(totals)
    response.headers["X-Board-Cursors"] = json.dumps(cursors)
    return columns


@router.post("/leads/", status_code=201, dependencies=[needs(Right.LEADS_ADD)])
async def create(body: NewLead, caller: CallerDep, at: ServicesDep, response: Response) -> Lead:
    """Adds a lead at the end of its column."""
    lead = at.leads.create(caller, body)
    response.headers["ETag"] = f'"{lead.version}"'
    response.headers["Location"] = f"/leads/{lead.id}/"
    return lead


@router.get("/leads/{lead_id}/", dependencies=[needs(Right.LEADS_VIEW)])
async def read(lead_id: str, who: PrincipalDep, at: ServicesDep, response: Response) -> Lead:
    """One lead."""
    lead = at.leads.get(who.tenant, lead_id)
    response.headers["ETag"] = f'"{lead.version}"'
    return lead


@router.put("/leads/{lead_id}/", dependencies=[needs(Right.LEADS_CHANGE)])
async def update(
    lead_id: str, body: LeadUpdate, caller: CallerDep, at: ServicesDep, response: Response
) -> Lead:
    """Changes the fields that the body names."""
    lead = at.leads.update(caller, lead_id, body)
    response.headers["ETag"] = f'"{lead.version}"'
    return lead


@router.delete("/leads/{lead_id}/", status_code=204, dependencies=[needs(Right.LEADS_DELETE)])
async def delete(lead_id: str, caller: CallerDep, at: ServicesDep) -> None:
    """Removes a lead."""
    at.leads.delete(caller, lead_id)


@router.put("/leads/{lead_id}/status/", dependencies=[needs(Right.LEADS_CHANGE)])
async def move(
    lead_id: str, body: StatusUpdate, caller: CallerDep, at: ServicesDep, response: Response
) -> Lead:
    """Moves a card: to the end of a column, or to `card_order` in it."""
    lead = at.leads.move(caller, lead_id, body)
    response.headers["ETag"] = f'"{lead.version}"'
    return lead


@router.get("/leads/{lead_id}/rebuilt/", dependencies=[needs(Right.LEADS_VIEW)])
async def rebuilt(lead_id: str, who: PrincipalDep, at: ServicesDep) -> LeadComparison:
    """The lead as its events alone tell it, and where its row says something else."""
    return at.rebuilt(who.tenant, lead_id)


@router.get("/leads/{lead_id}/timeline/", dependencies=[needs(Right.LEADS_VIEW)])
async def timeline(
    lead_id: str,
    who: PrincipalDep,
    at: ServicesDep,
    cursor: str | None = None,
    limit: Limit = 50,
) -> TimelineView:
    """What happened to a lead, oldest first, with what its pipelines did, node by node."""
    bound = f"timeline:{lead_id}"
    start, _ = at.cursors.open(who.tenant, bound, cursor)
    events, more = at.leads.timeline(who.tenant, lead_id, limit=limit, start=start)
    entries = [TimelineEntry.of(event) for event in shown(events, at.claims)]
    return TimelineView(entries=entries, cursor=at.cursors.seal(who.tenant, bound, more))


def _chosen(status: str | None, cursor: str | None) -> list[LeadStatus]:
    chosen = [name for name in STATUSES if status in (None, name)]
    if not chosen:
        fix = f"use one of {', '.join(STATUSES)}"
        raise BadRequestError("status", f"{status!r} is no column", fix)
    if cursor and status is None:
        raise BadRequestError("cursor", "a cursor is of one column", "add its status")
    return chosen
