"""Who wants no mail about what."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from functions.web.access import PrincipalDep, needs
from functions.workflow_loops.setup_services import SetupServicesDep
from functions.workflow_loops.setup_views import Address, NewOptOut, OptOutsView, Topic
from shared.identity.rights import Right
from shared.nodes.messages.opt_outs import EVERYTHING, OptOut

router = APIRouter(prefix="/settings/opt-outs", tags=["settings"])


@router.get("/", dependencies=[needs(Right.LEADS_VIEW)])
async def opt_outs(
    who: PrincipalDep,
    at: SetupServicesDep,
    before: Annotated[str | None, Query(max_length=300)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> OptOutsView:
    """The opt-outs by address, the last of the alphabet first."""
    found, more = at.opt_outs.page(who.tenant, limit=limit, before=before)
    return OptOutsView(opt_outs=found, before=more)


@router.post("/", status_code=201, dependencies=[needs(Right.LEADS_CHANGE)])
async def add(body: NewOptOut, who: PrincipalDep, at: SetupServicesDep) -> OptOut:
    """Notes that an address wants no mail."""
    return at.opt_outs.add(who, body.address, body.topic)


@router.delete("/{address}/", status_code=204, dependencies=[needs(Right.LEADS_CHANGE)])
async def remove(
    address: Address, who: PrincipalDep, at: SetupServicesDep, topic: Topic = EVERYTHING
) -> None:
    """Forgets that it wanted none."""
    at.opt_outs.remove(who, address, topic)
