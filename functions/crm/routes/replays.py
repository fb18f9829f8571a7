"""Replays: events of the log, once more for one consumer."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from functions.crm.dependencies import Services, ServicesDep
from functions.crm.event_views import NewReplay, ReplaysView, ReplayView
from functions.crm.noting import NotedDep
from functions.web.access import PrincipalDep, needs
from functions.web.problems import BadRequestError
from shared.consumers.replaying import step_message
from shared.consumers.replays import Asked, Replay
from shared.events.catalog.registry import UnknownEventTypeError, lookup
from shared.identity.audit import Audit
from shared.identity.rights import Right

router = APIRouter(tags=["events"])

Limit = Annotated[int, Query(ge=1, le=100)]


@router.post("/events/replays/", status_code=202, dependencies=[needs(Right.PLATFORM_OPERATE)])
async def start(
    body: NewReplay, who: PrincipalDep, at: ServicesDep, request: Request
) -> ReplayView:
    """Sends a window of the tenant's events to one consumer again; it handles what it missed."""
    audit: Audit = request.app.state.audit
    asked = _asked(body, at)
    made = at.replays.start(
        who.tenant,
        who.subject,
        asked,
        lambda made: audit.entry(
            who.tenant, who.subject, "replay.started", made.id, consumer=made.consumer
        ),
    )
    return _sent(made, at)


@router.get("/events/replays/", dependencies=[needs(Right.PLATFORM_VIEW)])
async def listed(
    who: PrincipalDep, at: ServicesDep, cursor: str | None = None, limit: Limit = 50
) -> ReplaysView:
    """Replays, the latest first."""
    start, _ = at.cursors.open(who.tenant, "replays", cursor)
    found, more = at.replays.page(who.tenant, limit=limit, start=start)
    return ReplaysView(
        replays=[ReplayView.of(one) for one in found],
        cursor=at.cursors.seal(who.tenant, "replays", more),
    )


@router.get("/events/replays/{replay_id}/", dependencies=[needs(Right.PLATFORM_VIEW)])
async def one(replay_id: str, who: PrincipalDep, at: ServicesDep) -> ReplayView:
    """One replay, and how far it is."""
    return ReplayView.of(at.replays.get(who.tenant, replay_id))


@router.post(
    "/events/replays/{replay_id}/resume/",
    status_code=202,
    dependencies=[needs(Right.PLATFORM_OPERATE)],
)
async def resume(replay_id: str, who: PrincipalDep, at: ServicesDep, noted: NotedDep) -> ReplayView:
    """Goes on with a replay that stands still or failed."""
    also = noted("replay.resumed", replay_id)
    return _sent(at.replays.resumed(who.tenant, replay_id, also), at)


@router.delete("/events/replays/{replay_id}/", dependencies=[needs(Right.PLATFORM_OPERATE)])
async def cancel(replay_id: str, who: PrincipalDep, at: ServicesDep, noted: NotedDep) -> ReplayView:
    """Ends a replay; what it sent stays sent."""
    also = noted("replay.cancelled", replay_id)
    return ReplayView.of(at.replays.cancel(who.tenant, replay_id, also))


def _asked(body: NewReplay, at: Services) -> Asked:
    facts = at.consumers.get(body.consumer)
    if facts is None:
        known = ", ".join(sorted(at.consumers)) or "none"
        raise BadRequestError("consumer", f"there is none of this name; known: {known}", "take one")
    if facts.outside and not body.effects:
        raise BadRequestError(
            "effects",
            f"{body.consumer} has effects outside, which a replay repeats",
            "send true if it shall",
        )
    if body.since >= body.until:
        raise BadRequestError("until", "not after since", "send a later moment")
    try:
        kind = lookup(body.type).name if body.type else None
    except UnknownEventTypeError as error:
        raise BadRequestError("type", str(error), "take a known one") from None
    return Asked(body.consumer, body.since, body.until, kind, body.effects, body.per_second)


def _sent(replay: Replay, at: Services) -> ReplayView:
    at.queues.send(at.replay_queue, step_message(replay))
    return ReplayView.of(replay)
