"""Workflows under seed 001's paths: the same workflows as below `/workflows/`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from functions.web.access import PrincipalDep, needs
from functions.web.problems import BadRequestError
from functions.workflow_loops.building import Building, BuildingDep
from functions.workflow_loops.orchestrator_views import (
    Canvas,
    ConnectionRow,
    WorkflowBody,
    WorkflowPatch,
    WorkflowRow,
    WorkflowWithEnv,
    with_env,
)
from functions.workflow_loops.services import CallerDep
from shared.graph import FlowGraph
from shared.identity.rights import Right
from shared.workflows.canvas import canvas, raw_edge
from shared.workflows.workflow import NewWorkflow, Workflow
from shared.workflows.workflows import Caller

router = APIRouter(prefix="/workflow", tags=["seed 001: workflows"])

_BESIDE = ("name", "description", "category", "tags", "runtime_state")
"""What of a body lies beside the graph."""


@router.get("/", dependencies=[needs(Right.WORKFLOWS_VIEW)])
async def workflows(
    who: PrincipalDep,
    at: BuildingDep,
    response: Response,
    before: Annotated[str | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> list[WorkflowRow]:
    """The workflows, the latest made first; the header `Link` names the next page."""
    found, more = at.workflows.page(who.tenant, limit=limit, before=before)
    if more:
        next_page = f"/workflow/?before={found[-1].id}&limit={limit}"
        response.headers["Link"] = f'<{next_page}>; rel="next"'
    last = at.last_runs.all(who.tenant)
    return [WorkflowRow.of(one, last.get(one.id)) for one in found]


@router.post("/", status_code=201, dependencies=[needs(Right.WORKFLOWS_ADD)])
async def create(body: WorkflowBody, caller: CallerDep, at: BuildingDep) -> WorkflowWithEnv:
    """Adds a workflow without nodes; a new one is inactive."""
    _check_status(body.status, "inactive")
    definition = {"type": body.workflow_type, "env": body.env}
    fields = body.model_dump(include={"name", "description", "category", "tags"})
    made = at.workflows.create(caller, NewWorkflow(**fields, definition=definition))
    if body.runtime_state:
        state = {"runtime_state": body.runtime_state}
        made = at.workflows.redraw(Caller(caller.principal), made.id, lambda old: old, state)
    return with_env(made, None, body.env)


@router.get("/{workflow_id}/", dependencies=[needs(Right.WORKFLOWS_VIEW)])
async def workflow(
    workflow_id: str, who: PrincipalDep, at: BuildingDep, response: Response
) -> WorkflowWithEnv:
    """One workflow."""
    found = at.workflows.get(who.tenant, workflow_id)
    response.headers["ETag"] = f'"{found.version}"'
    return _told(at, who.tenant, found)


@router.put("/{workflow_id}/", dependencies=[needs(Right.WORKFLOWS_CHANGE)])
async def replace(
    workflow_id: str, body: WorkflowBody, caller: CallerDep, at: BuildingDep
) -> WorkflowWithEnv:
    """Replaces everything but nodes and connections."""
    return _changed(at, caller, workflow_id, body, body.model_dump(exclude_none=True))


@router.patch("/{workflow_id}/", dependencies=[needs(Right.WORKFLOWS_CHANGE)])
async def change(
    workflow_id: str, body: WorkflowPatch, caller: CallerDep, at: BuildingDep
) -> WorkflowWithEnv:
    """Changes what is named."""
    return _changed(at, caller, workflow_id, body, body.model_dump(exclude_none=True))


@router.delete("/{workflow_id}/", status_code=204, dependencies=[needs(Right.WORKFLOWS_DELETE)])
async def delete(workflow_id: str, caller: CallerDep, at: BuildingDep) -> None:
    """Removes a workflow."""
    at.workflows.delete(caller, workflow_id)


@router.post(
    "/{workflow_id}/duplicate/", status_code=201, dependencies=[needs(Right.WORKFLOWS_ADD)]
)
async def duplicate(workflow_id: str, caller: CallerDep, at: BuildingDep) -> WorkflowWithEnv:
    """A copy with nodes, connections and environment."""
    return _told(at, caller.principal.tenant, at.workflows.duplicate(caller, workflow_id))


@router.post("/{workflow_id}/activate/", dependencies=[needs(Right.WORKFLOWS_PUBLISH)])
async def activate(workflow_id: str, caller: CallerDep, at: BuildingDep) -> WorkflowWithEnv:
    """Lets an api workflow be called, as it is drawn now."""
    found = at.switch.activate(caller, workflow_id)
    return _told(at, caller.principal.tenant, found)


@router.post("/{workflow_id}/deactivate/", dependencies=[needs(Right.WORKFLOWS_PUBLISH)])
async def deactivate(workflow_id: str, caller: CallerDep, at: BuildingDep) -> WorkflowWithEnv:
    """Lets nobody call it any more."""
    found = at.switch.deactivate(caller, workflow_id)
    return _told(at, caller.principal.tenant, found)


@router.get("/{workflow_id}/rawconfig/", dependencies=[needs(Right.WORKFLOWS_VIEW)])
async def rawconfig(workflow_id: str, who: PrincipalDep, at: BuildingDep) -> dict[str, Any]:
    """The graph as it runs."""
    return at.workflows.draft(who.tenant, workflow_id).as_json()


@router.get("/{workflow_id}/canvas_data/", dependencies=[needs(Right.WORKFLOWS_VIEW)])
async def canvas_data(workflow_id: str, who: PrincipalDep, at: BuildingDep) -> Canvas:
    """Everything that an editor draws."""
    found = at.workflows.get(who.tenant, workflow_id)
    graph = at.workflows.draft(who.tenant, workflow_id)
    edges = [ConnectionRow(**raw_edge(edge)) for edge in graph.edges]
    nodes = canvas(graph, at.registry)["nodes"]
    last = at.last_runs.get(who.tenant, workflow_id)
    return Canvas(nodes=nodes, edges=edges, workflow=with_env(found, last, graph.env))


def _told(at: Building, tenant: str, found: Workflow) -> WorkflowWithEnv:
    env = at.workflows.draft(tenant, found.id).env
    return with_env(found, at.last_runs.get(tenant, found.id), env)


def _changed(
    at: Building, caller: Caller, workflow_id: str, body: WorkflowPatch, named: dict[str, Any]
) -> WorkflowWithEnv:
    tenant = caller.principal.tenant
    before = at.workflows.get(tenant, workflow_id)
    _check_status(body.status, before.activity)

    def drawn(graph: FlowGraph) -> FlowGraph:
        parts = {"env": named.get("env", graph.env), "type": named.get("workflow_type", graph.type)}
        return graph.model_copy(update=parts)

    beside = {name: named[name] for name in _BESIDE if name in named}
    return _told(at, tenant, at.workflows.redraw(caller, workflow_id, drawn, beside))


def _check_status(wanted: str | None, standing: str) -> None:
    if wanted not in (None, standing):
        fix = "use activate/ and deactivate/, or start_execution/ and stop_execution/"
        raise BadRequestError("status", f"it is {standing}, and is not set by hand", fix)
