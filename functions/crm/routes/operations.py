"""What keeps the platform going: quarantined events and the runs of pipelines."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.exceptions import HTTPException

from functions.crm.dependencies import PrincipalDep, ServicesDep
from functions.crm.paths import both
from functions.crm.views import QuarantineView, RunsView
from shared.events.quarantine import Quarantined
from shared.pipelines.runs import Run

router = APIRouter(tags=["operations"])

Limit = Annotated[int, Query(ge=1, le=100)]


@both(router, "GET", "/events/quarantine")
async def quarantined(
    who: PrincipalDep, at: ServicesDep, cursor: str | None = None, limit: Limit = 50
) -> QuarantineView:
    """Events that a consumer failed at for the last time."""
    who.require("operate")
    start, _ = at.cursors.open(who.tenant, "quarantine", cursor)
    entries, more = at.quarantine.page(who.tenant, limit=limit, start=start)
    return QuarantineView(entries=entries, cursor=at.cursors.seal(who.tenant, "quarantine", more))


@both(router, "GET", "/events/quarantine/{entry_id}")
async def one_quarantined(entry_id: str, who: PrincipalDep, at: ServicesDep) -> Quarantined:
    """One of them, with the message."""
    who.require("operate")
    return at.quarantine.get(who.tenant, entry_id)


@both(router, "POST", "/events/quarantine/{entry_id}/redrive", status_code=202)
async def redrive(entry_id: str, who: PrincipalDep, at: ServicesDep) -> Quarantined:
    """Sends the message to its consumer again."""
    who.require("operate")
    return at.quarantine.redrive(who.tenant, entry_id, at.queues.send)


@both(router, "DELETE", "/events/quarantine/{entry_id}")
async def discard(entry_id: str, who: PrincipalDep, at: ServicesDep) -> Quarantined:
    """Gives the event up."""
    who.require("operate")
    return at.quarantine.discard(who.tenant, entry_id)


@both(router, "GET", "/pipelines/{pipeline}/runs")
async def runs(
    pipeline: str,
    who: PrincipalDep,
    at: ServicesDep,
    cursor: str | None = None,
    limit: Limit = 50,
) -> RunsView:
    """What a pipeline did, newest first."""
    who.require("operate")
    bound = f"runs:{pipeline}"
    start, _ = at.cursors.open(who.tenant, bound, cursor)
    found, more = at.runs.page(who.tenant, pipeline, limit=limit, start=start)
    return RunsView(runs=found, cursor=at.cursors.seal(who.tenant, bound, more))


@both(router, "GET", "/pipelines/{pipeline}/runs/{execution_id}")
async def run(pipeline: str, execution_id: str, who: PrincipalDep, at: ServicesDep) -> Run:
    """One run, node by node."""
    who.require("operate")
    found = at.runs.get(who.tenant, pipeline, execution_id)
    if found is None:
        raise HTTPException(404, f"{pipeline} has no run {execution_id}")
    return found
