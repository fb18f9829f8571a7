"""The settings of the caller's tenant."""

from __future__ import annotations

from fastapi import APIRouter

from functions.identity.bodies import TenantChange
from functions.identity.services import ServicesDep
from functions.web.access import PrincipalDep, needs
from shared.identity.rights import Right
from shared.identity.tenants import Tenant

router = APIRouter(prefix="/auth/tenant", tags=["tenant"])


@router.get("/", dependencies=[needs(Right.TENANT_VIEW)])
async def tenant(who: PrincipalDep, at: ServicesDep) -> Tenant:
    """The tenant and its settings."""
    return at.tenants.get(who.tenant)


@router.put("/", dependencies=[needs(Right.TENANT_CHANGE)])
async def change(body: TenantChange, who: PrincipalDep, at: ServicesDep) -> Tenant:
    """Changes the settings that the body names."""
    return at.tenants.change(who, body.model_dump(exclude_none=True))
