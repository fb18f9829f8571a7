"""Events: what happened, who hears of it, and what was counted from it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime

from functions.crm.dependencies import CallerDep, ServicesDep
from functions.crm.event_data import told
from functions.crm.event_views import (
    ConsumersView,
    ConsumerView,
    EventsView,
    FlowsView,
    FlowView,
    NewEvent,
    Receipt,
)
from functions.crm.publishing_rate import PUBLISHING
from functions.crm.views import TraceEvent
from functions.web.access import PrincipalDep, needs
from functions.web.problems import BadRequestError
from shared.crm.days import LeadDays
from shared.events.catalog.registry import InvalidEventDataError, UnknownEventTypeError
from shared.events.envelope import EntityRef
from shared.events.log import Wanted
from shared.identity.audit import Audit
from shared.identity.principal import ForbiddenError
from shared.identity.rights import Right
from shared.platform.clock import utc_now

router = APIRouter(tags=["events"])

Limit = Annotated[int, Query(ge=1, le=200)]
_MOST_DAYS = timedelta(days=366)
_MOST_FLOW_DAYS = timedelta(days=31)


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
    personal: bool = False,
) -> EventsView:
    """What happened, oldest first; `entity` is written as `lead/ID`. Events are kept for a year.

    A page of an entity may hold fewer than `limit` though a cursor tells of more. Personal data is
    hidden unless `personal` asks for it, which needs the right to see leads.
    """
    if since and until and since >= until:
        raise BadRequestError("until", "not after since", "ask for a later moment")
    wanted = Wanted(type, _entity(entity), since, until)
    bound = f"events:{wanted}"
    start, _ = at.cursors.open(who.tenant, bound, cursor)
    found, more = at.event_log.page(who.tenant, wanted, limit=limit, start=start)
    return EventsView(
        events=[TraceEvent.of(event) for event in told(found, who, at, personal=personal)],
        cursor=at.cursors.seal(who.tenant, bound, more),
    )


@router.post("/events/", status_code=202, dependencies=[needs(Right.EVENTS_PUBLISH), PUBLISHING])
async def publish(
    body: NewEvent, caller: CallerDep, at: ServicesDep, request: Request, response: Response
) -> Receipt:
    """Publishes an event; which right its type needs stands in the catalogue.

    Tenant and source are the caller's: nobody may say others.
    """
    audit: Audit = request.app.state.audit
    who = caller.principal
    try:
        event = at.publishing.publish(
            caller,
            body.type,
            body.data,
            lambda made: audit.entry(
                who.tenant, who.subject, "event.published", made.id, type=made.event_type
            ),
            lambda made: Receipt.of(made).model_dump_json(),
        )
    except UnknownEventTypeError as error:
        raise BadRequestError("type", str(error), "take a known one") from None
    except InvalidEventDataError as error:
        raise BadRequestError("data", str(error), "send what the type declares") from None
    except ForbiddenError:
        audit.refused(who, f"publish {body.type}"[:100], "POST /events/")
        raise
    response.headers["Location"] = f"/trace/{event.id}/"
    return Receipt.of(event)


@router.get("/events/consumers/", dependencies=[needs(Right.PLATFORM_VIEW)])
async def consumers(at: ServicesDep) -> ConsumersView:
    """The durable consumers there are, and what they hear."""
    known = sorted(at.consumers.items())
    return ConsumersView(
        consumers=[ConsumerView(name=name, **facts.model_dump()) for name, facts in known]
    )


@router.get("/events/metrics/", dependencies=[needs(Right.PLATFORM_VIEW)])
async def metrics(
    who: PrincipalDep, at: ServicesDep, since: date | None = None, until: date | None = None
) -> FlowsView:
    """What became of the tenant's events, by day, consumer and type; seven days unless told.

    Days are those of UTC. A figure is seconds old, and no ledger: the timeline is.
    """
    last = until or utc_now().date()
    first = since or last - timedelta(days=6)
    if not timedelta() <= last - first <= _MOST_FLOW_DAYS:
        raise BadRequestError("since", "not within 31 days before until", "ask for fewer days")
    found = at.figures(who.tenant, first, last)
    return FlowsView(since=first, until=last, flows=[FlowView.model_validate(one) for one in found])


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
