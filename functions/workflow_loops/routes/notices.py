"""What workflows told the member who asks."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from functions.web.access import PrincipalDep, needs
from functions.workflow_loops.setup_services import SetupServicesDep
from functions.workflow_loops.setup_views import Id, NoticesView
from shared.nodes.messages.member_notices import Notice

router = APIRouter(prefix="/notices", tags=["notices"])


@router.get("/", dependencies=[needs()])
async def notices(
    who: PrincipalDep,
    at: SetupServicesDep,
    before: Annotated[str | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> NoticesView:
    """The caller's own notices, the latest first."""
    found, more = at.notices.page(who.tenant, who.subject, limit=limit, before=before)
    return NoticesView(notices=found, before=found[-1].id if more and found else None)


@router.post("/{notice_id}/read/", dependencies=[needs()])
async def read(notice_id: Id, who: PrincipalDep, at: SetupServicesDep) -> Notice:
    """Notes that the caller has read one of them."""
    return at.notices.read(who.tenant, who.subject, notice_id)
