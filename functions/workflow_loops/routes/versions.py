"""Published versions of workflows."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from functions.web.access import PrincipalDep, needs
from functions.workflow_loops.services import CallerDep, ServicesDep
from functions.workflow_loops.views import (
    DifferencesView,
    Publication,
    Published,
    Rollback,
    VersionsView,
    VersionView,
)
from shared.identity.rights import Right
from shared.workflows.workflow import Workflow

router = APIRouter(prefix="/workflows/{workflow_id}", tags=["versions"])

Number = Annotated[int, Query(ge=1)]


@router.post("/publish/", status_code=201, dependencies=[needs(Right.WORKFLOWS_PUBLISH)])
async def publish(
    workflow_id: str, body: Publication, caller: CallerDep, at: ServicesDep
) -> Published:
    """Makes a version of the draft, which runs from now on."""
    workflow, version = at.publishing.publish(caller, workflow_id, body.notes)
    return Published(workflow=workflow, version=version)


@router.post("/rollback/", dependencies=[needs(Right.WORKFLOWS_PUBLISH)])
async def rollback(
    workflow_id: str, body: Rollback, caller: CallerDep, at: ServicesDep
) -> Workflow:
    """Lets an earlier version run again."""
    return at.publishing.rollback(caller, workflow_id, body.number)


@router.get("/versions/", dependencies=[needs(Right.WORKFLOWS_VIEW)])
async def versions(
    workflow_id: str,
    who: PrincipalDep,
    at: ServicesDep,
    before: Annotated[int | None, Query(ge=1)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> VersionsView:
    """The versions, the latest first."""
    found, more = at.publishing.versions(who.tenant, workflow_id, limit=limit, before=before)
    return VersionsView(versions=found, before=found[-1].number if more else None)


@router.get("/versions/{number}/", dependencies=[needs(Right.WORKFLOWS_VIEW)])
async def version(workflow_id: str, number: int, who: PrincipalDep, at: ServicesDep) -> VersionView:
    """One version with its graph."""
    found = at.publishing.version(who.tenant, workflow_id, number)
    definition = at.publishing.graph(who.tenant, workflow_id, number).as_json()
    return VersionView(**found.model_dump(), definition=definition)


@router.get("/diff/", dependencies=[needs(Right.WORKFLOWS_VIEW)])
async def diff(
    workflow_id: str, who: PrincipalDep, at: ServicesDep, old: Number, new: Number | None = None
) -> DifferencesView:
    """What changed from a version to another; without `new`, to the draft."""
    found = at.publishing.differences(who.tenant, workflow_id, old, new)
    return DifferencesView(differences=found)
