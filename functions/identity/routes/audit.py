"""The audit of the caller's tenant."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from functions.identity.services import ServicesDep
from functions.identity.views import AuditView
from functions.web.access import PrincipalDep, needs
from shared.identity.rights import Right

router = APIRouter(prefix="/auth/audit", tags=["audit"])


@router.get("/", dependencies=[needs(Right.AUDIT_VIEW)])
async def audit(
    who: PrincipalDep,
    at: ServicesDep,
    before: Annotated[str | None, Query(max_length=300)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> AuditView:
    """Who changed what, and who was refused what, the latest first.

    The next page is asked for with `before`, the id that the last one ends with.
    """
    entries, more = at.audit.page(who.tenant, limit=limit, before=before)
    return AuditView(entries=entries, before=entries[-1].id if more else None)
