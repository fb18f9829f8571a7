"""Buckets of the tenant's own accounts, for the nodes that read and write S3."""

from __future__ import annotations

from fastapi import APIRouter, Response

from functions.web.access import PrincipalDep, needs
from functions.workflow_loops.setup_services import SetupServicesDep
from functions.workflow_loops.setup_views import BucketsView, Id
from shared.identity.rights import Right
from shared.nodes.files.tenant_buckets import Bucket, BucketFields

router = APIRouter(prefix="/connections/buckets", tags=["connections"])


@router.post("/", status_code=201, dependencies=[needs(Right.CONNECTIONS_ADD)])
async def add(
    body: BucketFields, who: PrincipalDep, at: SetupServicesDep, response: Response
) -> Bucket:
    """Registers a bucket; the role's trust policy must ask for the external id of the answer."""
    response.headers["Location"] = f"/connections/buckets/{body.name}/"
    return at.buckets.add(who, body)


@router.get("/", dependencies=[needs(Right.CONNECTIONS_VIEW)])
async def buckets(who: PrincipalDep, at: SetupServicesDep) -> BucketsView:
    """The registered buckets."""
    return BucketsView(buckets=at.buckets.list(who.tenant))


@router.get("/{name}/", dependencies=[needs(Right.CONNECTIONS_VIEW)])
async def bucket(name: Id, who: PrincipalDep, at: SetupServicesDep) -> Bucket:
    """One of them."""
    return at.buckets.get(who.tenant, name)


@router.post("/{name}/test/", dependencies=[needs(Right.CONNECTIONS_CHANGE, cost=20)])
async def test(name: Id, who: PrincipalDep, at: SetupServicesDep) -> Bucket:
    """Looks whether it can be listed."""
    return at.buckets.test(who, name)


@router.delete("/{name}/", status_code=204, dependencies=[needs(Right.CONNECTIONS_DELETE)])
async def remove(name: Id, who: PrincipalDep, at: SetupServicesDep) -> None:
    """Forgets it; what is in it stays."""
    at.buckets.remove(who, name)
