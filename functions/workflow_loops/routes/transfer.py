"""Workflows as documents: taken out, and put in."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from functions.web.access import PrincipalDep, needs
from functions.workflow_loops.building import Building, BuildingDep
from functions.workflow_loops.services import CallerDep
from functions.workflow_loops.uploads import document
from functions.workflow_loops.views import Validation
from shared.identity.rights import Right
from shared.workflows.transfer.documents import MOST, Imported
from shared.workflows.workflow import Name, Tag, Workflow
from shared.workflows.workflows import Caller

router = APIRouter(tags=["import and export"])


class Import(BaseModel):
    """A workflow in any format that is read: ours, or those of the systems before it."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    description: Annotated[str, Field(max_length=2_000)] = ""
    category: Annotated[str, Field(max_length=50)] = ""
    tags: Annotated[tuple[Tag, ...], Field(max_length=20)] = ()
    definition: dict[str, Any]


class ImportedView(BaseModel):
    """A workflow that was put in."""

    workflow: Workflow
    needs: list[dict[str, str]]
    """Connections and secrets that have to be given anew."""
    validation: Validation


class ImportedViews(BaseModel):
    """All workflows of a document."""

    imported: list[ImportedView]


@router.get("/export/{workflow_id}/", dependencies=[needs(Right.WORKFLOWS_VIEW)])
async def export(
    workflow_id: str,
    who: PrincipalDep,
    at: BuildingDep,
    version: Annotated[int | None, Query(ge=1)] = None,
) -> Response:
    """A workflow's draft, or one of its versions, without credentials."""
    found = at.transfer.taken_out(who.tenant, workflow_id, version)
    return _file(found, f"workflow-{workflow_id}.json")


@router.get("/export-all/", dependencies=[needs(Right.WORKFLOWS_VIEW, cost=20)])
async def export_all(
    who: PrincipalDep,
    at: BuildingDep,
    before: Annotated[str | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = MOST,
) -> Response:
    """All workflows, a page at a time."""
    return _file(at.transfer.all_taken_out(who.tenant, limit, before), "workflows.json")


@router.post("/import/", status_code=201, dependencies=[needs(Right.WORKFLOWS_ADD)])
async def put_in(body: Import, caller: CallerDep, at: BuildingDep) -> ImportedView:
    """Adds a workflow of a definition."""
    (found,) = _put_in(at, caller, body.model_dump(exclude_none=True))
    return found


@router.post("/import/file/", status_code=201, dependencies=[needs(Right.WORKFLOWS_ADD, cost=20)])
async def put_file_in(request: Request, caller: CallerDep, at: BuildingDep) -> ImportedViews:
    """Adds the workflows of a file: of an export, or a graph in any format that is read."""
    return ImportedViews(imported=_put_in(at, caller, await document(request)))


def _put_in(at: Building, caller: Caller, raw: dict[str, Any]) -> list[ImportedView]:
    return [_view(at, caller, one) for one in at.transfer.put_in(caller, raw)]


def _view(at: Building, caller: Caller, one: Imported) -> ImportedView:
    tenant, made = caller.principal.tenant, one.workflow
    graph = at.workflows.draft(tenant, made.id)
    report = at.workflows.validate(tenant, made.id)
    validation = Validation.of(report, len(graph.nodes), len(graph.edges))
    return ImportedView(
        workflow=made, needs=[asdict(need) for need in one.needs], validation=validation
    )


def _file(found: dict[str, Any], name: str) -> Response:
    return JSONResponse(found, headers={"Content-Disposition": f'attachment; filename="{name}"'})
