"""What keeps the platform going: quarantined events and the runs of pipelines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.exceptions import HTTPException

from functions.crm.dependencies import Services, ServicesDep
from functions.crm.event_data import hidden, told
from functions.crm.noting import NotedDep
from functions.crm.views import (
    QuarantineChoice,
    QuarantineView,
    RunsView,
    SweptView,
    TraceEvent,
    TraceStep,
    TraceView,
)
from functions.web.access import PrincipalDep, needs
from shared.events import Event
from shared.events.quarantine import Chosen, Quarantined
from shared.identity.principal import Principal
from shared.identity.rights import Right
from shared.pipelines.runs import Run
from shared.pipelines.tracing import Step

router = APIRouter(tags=["operations"])

Limit = Annotated[int, Query(ge=1, le=100)]
REDRIVEN: Final = "quarantine.redriven"
DISCARDED: Final = "quarantine.discarded"
_MANY: Final = 100
"""Units that dealing with a page of entries costs."""


@router.get("/events/quarantine/", dependencies=[needs(Right.PLATFORM_VIEW)])
async def quarantined(
    who: PrincipalDep, at: ServicesDep, cursor: str | None = None, limit: Limit = 50
) -> QuarantineView:
    """Events that a consumer failed at for the last time."""
    start, _ = at.cursors.open(who.tenant, "quarantine", cursor)
    entries, more = at.quarantine.page(who.tenant, limit=limit, start=start)
    shown = [hidden(entry) for entry in entries]
    return QuarantineView(entries=shown, cursor=at.cursors.seal(who.tenant, "quarantine", more))


@router.get("/events/quarantine/{entry_id}/", dependencies=[needs(Right.PLATFORM_VIEW)])
async def one_quarantined(
    entry_id: str, who: PrincipalDep, at: ServicesDep, personal: bool = False
) -> Quarantined:
    """One of them, with the message.

    What is personal in it is hidden unless `personal` asks for it, which needs the right to see
    leads; what is sealed stays sealed.
    """
    if personal:
        who.require(Right.LEADS_VIEW)
    found = at.quarantine.get(who.tenant, entry_id)
    return found if personal else hidden(found)


@router.post(
    "/events/quarantine/{entry_id}/redrive/",
    status_code=202,
    dependencies=[needs(Right.PLATFORM_OPERATE)],
)
async def redrive(
    entry_id: str, who: PrincipalDep, at: ServicesDep, noted: NotedDep
) -> Quarantined:
    """Sends the message to its consumer again."""
    told = noted(REDRIVEN, entry_id)
    return hidden(at.quarantine.redrive(who.tenant, entry_id, at.queues.send, told))


@router.delete("/events/quarantine/{entry_id}/", dependencies=[needs(Right.PLATFORM_OPERATE)])
async def discard(
    entry_id: str, who: PrincipalDep, at: ServicesDep, noted: NotedDep
) -> Quarantined:
    """Gives the event up."""
    return hidden(at.quarantine.discard(who.tenant, entry_id, noted(DISCARDED, entry_id)))


@router.post(
    "/events/quarantine/redrive/",
    status_code=202,
    dependencies=[needs(Right.PLATFORM_OPERATE, cost=_MANY)],
)
async def redrive_many(
    body: QuarantineChoice, who: PrincipalDep, at: ServicesDep, noted: NotedDep
) -> SweptView:
    """Sends up to a hundred of one consumer's events to it again; go on with the cursor."""
    redrive, send = at.quarantine.redrive, at.queues.send
    return _swept(
        body, who, at, lambda one: redrive(who.tenant, one.id, send, noted(REDRIVEN, one.id))
    )


@router.post(
    "/events/quarantine/discard/", dependencies=[needs(Right.PLATFORM_OPERATE, cost=_MANY)]
)
async def discard_many(
    body: QuarantineChoice, who: PrincipalDep, at: ServicesDep, noted: NotedDep
) -> SweptView:
    """Gives up to a hundred of one consumer's events up; go on with the cursor."""
    discard = at.quarantine.discard
    return _swept(body, who, at, lambda one: discard(who.tenant, one.id, noted(DISCARDED, one.id)))


def _swept(
    body: QuarantineChoice, who: Principal, at: Services, act: Callable[[Quarantined], object]
) -> SweptView:
    chosen = Chosen(body.consumer, body.error, body.type)
    bound = f"quarantine:{chosen}"
    start, _ = at.cursors.open(who.tenant, bound, body.cursor)
    done, more = at.quarantine.sweep(who.tenant, chosen, act, start=start)
    return SweptView(done=done, cursor=at.cursors.seal(who.tenant, bound, more))


@router.get("/pipelines/{pipeline}/runs/", dependencies=[needs(Right.PLATFORM_VIEW)])
async def runs(
    pipeline: str,
    who: PrincipalDep,
    at: ServicesDep,
    cursor: str | None = None,
    limit: Limit = 50,
) -> RunsView:
    """What a pipeline did, newest first."""
    bound = f"runs:{pipeline}"
    start, _ = at.cursors.open(who.tenant, bound, cursor)
    found, more = at.runs.page(who.tenant, pipeline, limit=limit, start=start)
    return RunsView(runs=found, cursor=at.cursors.seal(who.tenant, bound, more))


@router.get("/pipelines/{pipeline}/runs/{execution_id}/", dependencies=[needs(Right.PLATFORM_VIEW)])
async def run(pipeline: str, execution_id: str, who: PrincipalDep, at: ServicesDep) -> Run:
    """One run, node by node."""
    found = at.runs.get(who.tenant, pipeline, execution_id)
    if found is None:
        raise HTTPException(404, f"{pipeline} has no run {execution_id}")
    return found


@router.get("/trace/{correlation_id}/", dependencies=[needs(Right.PLATFORM_VIEW)])
async def trace(
    correlation_id: str,
    who: PrincipalDep,
    at: ServicesDep,
    cursor: str | None = None,
    limit: Limit = 50,
    personal: bool = False,
) -> TraceView:
    """What one correlation id touched, oldest first; the id of a run or of its event does too.

    A cursor belongs to the correlation id that the answer names. Personal data of events is hidden
    unless `personal` asks for it, which needs the right to see leads.
    """
    start, _ = at.cursors.open(who.tenant, f"trace:{correlation_id}", cursor)
    found = at.traces.page(who.tenant, correlation_id, limit=limit, start=start)
    events = [step.event for step in found.steps if step.event]
    by_id = {event.id: event for event in told(events, who, at, personal=personal)}
    return TraceView(
        correlation_id=found.correlation_id,
        steps=[_shown(step, by_id.get(step.event_id)) for step in found.steps],
        cursor=at.cursors.seal(who.tenant, f"trace:{found.correlation_id}", found.next_start),
    )


def _shown(step: Step, event: Event | None) -> TraceStep:
    return TraceStep(
        event_id=step.event_id,
        event=TraceEvent.of(event) if event else None,
        runs=list(step.runs),
        quarantined=[hidden(entry) for entry in step.quarantined],
        workflow=step.workflow,
    )
