"""Workflows and their drafts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from functions.web.access import PrincipalDep, needs
from functions.workflow_loops.services import CallerDep, ServicesDep
from functions.workflow_loops.views import Ids, Removed, Validation, WorkflowsView, WorkflowView
from shared.identity.rights import Right
from shared.workflows.workflow import NewWorkflow, Workflow, WorkflowUpdate

router = APIRouter(prefix="/workflows", tags=["workflows"])


@router.post("/", status_code=201, dependencies=[needs(Right.WORKFLOWS_ADD)])
async def create(
    body: NewWorkflow, caller: CallerDep, at: ServicesDep, response: Response
) -> Workflow:
    """Adds a workflow; its draft may still be wrong, publishing says what is."""
    made = at.workflows.create(caller, body)
    response.headers["ETag"] = f'"{made.version}"'
    response.headers["Location"] = f"/workflows/{made.id}/"
    return made


@router.get("/", dependencies=[needs(Right.WORKFLOWS_VIEW)])
async def workflows(
    who: PrincipalDep,
    at: ServicesDep,
    before: Annotated[str | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> WorkflowsView:
    """The workflows, the latest made first; `before` of an answer asks for the next page."""
    found, more = at.workflows.page(who.tenant, limit=limit, before=before)
    return WorkflowsView(workflows=found, before=found[-1].id if more else None)


@router.post("/bulk-delete/", dependencies=[needs(Right.WORKFLOWS_DELETE, cost=50)])
async def delete_many(body: Ids, caller: CallerDep, at: ServicesDep) -> Removed:
    """Removes what can be removed, and names the rest."""
    count, failed = at.workflows.delete_many(caller, body.workflow_ids)
    return Removed(message=f"{count} deleted", deleted_count=count, failed_ids=failed)


@router.get("/{workflow_id}/", dependencies=[needs(Right.WORKFLOWS_VIEW)])
async def workflow(
    workflow_id: str, who: PrincipalDep, at: ServicesDep, response: Response
) -> WorkflowView:
    """One workflow with its draft."""
    found = at.workflows.get(who.tenant, workflow_id)
    response.headers["ETag"] = f'"{found.version}"'
    definition = at.workflows.draft(who.tenant, workflow_id).as_json()
    return WorkflowView(**found.model_dump(), definition=definition)


@router.put("/{workflow_id}/", dependencies=[needs(Right.WORKFLOWS_CHANGE)])
@router.patch("/{workflow_id}/", dependencies=[needs(Right.WORKFLOWS_CHANGE)])
async def update(
    workflow_id: str, body: WorkflowUpdate, caller: CallerDep, at: ServicesDep, response: Response
) -> Workflow:
    """Changes what is named; a definition becomes the draft and runs nowhere yet."""
    found = at.workflows.update(caller, workflow_id, body)
    response.headers["ETag"] = f'"{found.version}"'
    return found


@router.delete("/{workflow_id}/", status_code=204, dependencies=[needs(Right.WORKFLOWS_DELETE)])
async def delete(workflow_id: str, caller: CallerDep, at: ServicesDep) -> None:
    """Removes a workflow; its versions and executions stay as history."""
    at.workflows.delete(caller, workflow_id)


@router.post(
    "/{workflow_id}/duplicate/", status_code=201, dependencies=[needs(Right.WORKFLOWS_ADD)]
)
async def duplicate(workflow_id: str, caller: CallerDep, at: ServicesDep) -> Workflow:
    """A copy of the draft, with variables and environment."""
    return at.workflows.duplicate(caller, workflow_id)


@router.get("/{workflow_id}/validate/", dependencies=[needs(Right.WORKFLOWS_VIEW)])
async def validate(workflow_id: str, who: PrincipalDep, at: ServicesDep) -> Validation:
    """Everything that is wrong with the draft, by node and field."""
    graph = at.workflows.draft(who.tenant, workflow_id)
    report = at.workflows.validate(who.tenant, workflow_id)
    return Validation.of(report, len(graph.nodes), len(graph.edges))
