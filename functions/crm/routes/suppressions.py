"""Addresses that no mail goes to, because it came back or its owner complained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel

from functions.crm.dependencies import ServicesDep
from functions.web.access import PrincipalDep, needs
from shared.identity.audit import Audit
from shared.identity.rights import Right
from shared.platform.suppressions import Suppression

router = APIRouter(prefix="/suppressions", tags=["suppressions"])

Address = Annotated[str, Path(max_length=254)]


class SuppressionsView(BaseModel):
    """A page of suppressed addresses; `before` asks for the next one."""

    suppressions: Sequence[Suppression]
    before: str | None = None


@router.get("/", dependencies=[needs(Right.LEADS_VIEW)])
async def suppressions(
    who: PrincipalDep,
    at: ServicesDep,
    before: Annotated[str | None, Query(max_length=254, min_length=1)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> SuppressionsView:
    """Suppressed addresses, the last of the alphabet first."""
    found, more = at.suppressed.page(who.tenant, limit=limit, before=before)
    return SuppressionsView(suppressions=found, before=more)


@router.get("/{address}/", dependencies=[needs(Right.LEADS_VIEW)])
async def suppression(address: Address, who: PrincipalDep, at: ServicesDep) -> Suppression:
    """Why no mail goes to an address."""
    return at.suppressed.get(who.tenant, address)


@router.delete("/{address}/", status_code=204, dependencies=[needs(Right.LEADS_CHANGE)])
async def lift(address: Address, who: PrincipalDep, at: ServicesDep, request: Request) -> None:
    """Lets mail go to an address again: its owner wants it, or it exists now."""
    audit: Audit = request.app.state.audit
    at.suppressed.lift(who, address, audit)
