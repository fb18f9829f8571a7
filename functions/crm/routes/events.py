"""Events: what happened, who hears of it, and what was counted from it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from functions.crm.dependencies import ServicesDep
from functions.crm.event_views import ConsumersView, ConsumerView, EventsView
from functions.crm.views import TraceEvent
from functions.web.access import PrincipalDep, needs
from functions.web.problems import BadRequestError
from shared.crm.days import LeadDays
from shared.events.envelope import EntityRef
from shared.events.log import Wanted
from shared.identity.rights import Right
from shared.platform.clock import utc_now

router = APIRouter(tags=["events"])

Limit = Annotated[int, Query(ge=1, le=200)]
_MOST_DAYS = timedelta(days=366)


@router.get("/events/", dependencies=[needs(Right.PLATFORM_VIEW)])
async def events(
    who: PrincipalDep,
    at: ServicesDep,
    type: str | None = None,  # noqa: A002 - the name in the query
    entity: str | None = None,
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> EventsView:
    """What happened, oldest first; `entity` is written as `lead/ID`. Events are kept for a year.

    A page of an entity may hold fewer than `limit` though a cursor tells of more.
    """
    if since and until and since >= until:
        raise BadRequestError("until", "not after since", "ask for a later moment")
    wanted = Wanted(type, _entity(entity), since, until)
    bound = f"events:{wanted}"
    start, _ = at.cursors.open(who.tenant, bound, cursor)
    found, more = at.event_log.page(who.tenant, wanted, limit=limit, start=start)
    return EventsView(
        events=[TraceEvent.of(event) for event in found],
        cursor=at.cursors.seal(who.tenant, bound, more),
    )


@router.get("/events/consumers/", dependencies=[needs(Right.PLATFORM_VIEW)])
async def consumers(at: ServicesDep) -> ConsumersView:
    """The durable consumers there are, and what they hear."""
    known = sorted(at.consumers.items())
    return ConsumersView(
        consumers=[ConsumerView(name=name, **facts.model_dump()) for name, facts in known]
    )


@router.get("/reports/leads/", dependencies=[needs(Right.LEADS_VIEW)])
async def leads_by_day(
    who: PrincipalDep, at: ServicesDep, since: date | None = None, until: date | None = None
) -> LeadDays:
    """Leads by day: added, moved into which column, removed; and how many stand in each column.

    Days are those of UTC, 30 unless told. Counted from events: seconds behind the board.
    """
    last = until or utc_now().date()
    first = since or last - timedelta(days=29)
    if not timedelta() <= last - first <= _MOST_DAYS:
        raise BadRequestError("since", "not within a year before until", "ask for fewer days")
    return at.lead_days(who.tenant, first.isoformat(), last.isoformat())


def _entity(text: str | None) -> EntityRef | None:
    if text is None:
        return None
    try:
        return EntityRef.parse(text)
    except ValueError:
        raise BadRequestError("entity", "not an entity", "write it as lead/ID") from None
