"""Runs under seed 001's paths: started, stopped, asked after, waited for."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from functions.web.access import PrincipalDep, needs
from functions.web.problems import problem
from functions.workflow_loops.building import BuildingDep
from functions.workflow_loops.executing import ExecutingDep
from functions.workflow_loops.orchestrator_views import TASKS, TaskView
from functions.workflow_loops.raw import raw_response, result_of
from functions.workflow_loops.routes.starts import OrderDep, ordered
from functions.workflow_loops.services import CallerDep, ServicesDep
from functions.workflow_loops.views_executions import Start
from shared.identity.rights import Right
from shared.workflows.errors import NoTaskError, NotForThisTypeError
from shared.workflows.executions.execution import Execution
from shared.workflows.executions.starting import Order
from shared.workflows.executions.waiting import PATIENCE

router = APIRouter(prefix="/workflow/{workflow_id}", tags=["seed 001: runs"])
_RUN = [needs(Right.WORKFLOWS_RUN, cost=5)]


async def without_input(
    workflow_id: str, request: Request, who: PrincipalDep, flows: ServicesDep
) -> Order:
    """A run with an empty input."""
    return await ordered(workflow_id, Start(), request, who, flows)


@router.get("/start_execution/", dependencies=_RUN)
@router.post("/start_execution/", dependencies=_RUN)
async def start(
    workflow_id: str,
    order: Annotated[Order, Depends(without_input)],
    caller: CallerDep,
    at: BuildingDep,
    runs: ExecutingDep,
) -> TaskView:
    """Starts a run and does not wait; who may publish need not have activated it before."""
    found = at.workflows.get(order.tenant, workflow_id)
    if found.type != "api":
        raise NotForThisTypeError(
            f"{found.name} is a production workflow; its loops cannot be started yet"
        )
    if found.activity != "active" or found.published is None:
        caller.principal.require(Right.WORKFLOWS_PUBLISH)
        at.switch.activate(caller, workflow_id)
    return TaskView(task_id=runs.starting.start(order).id, status="PENDING")


@router.get("/task_status/", dependencies=[needs(Right.WORKFLOWS_VIEW)])
async def task_status(
    workflow_id: str, who: PrincipalDep, at: BuildingDep, runs: ExecutingDep
) -> TaskView:
    """How the run that was started last stands."""
    at.workflows.get(who.tenant, workflow_id)
    last = at.last_runs.get(who.tenant, workflow_id)
    if last is None:
        raise NoTaskError("no run was started yet; start one")
    found = runs.reading.get(who.tenant, last.task_id)
    return TaskView(task_id=found.id, status=TASKS[found.status])


@router.get("/stop_execution/", dependencies=_RUN)
@router.post("/stop_execution/", dependencies=_RUN)
async def stop(
    workflow_id: str, caller: CallerDep, at: BuildingDep, runs: ExecutingDep
) -> TaskView:
    """Ends the run that was started last; who may publish switches the workflow off with it."""
    tenant = caller.principal.tenant
    found = at.workflows.get(tenant, workflow_id)
    told = await task_status(workflow_id, caller.principal, at, runs)
    if found.type == "api" and Right.WORKFLOWS_PUBLISH in caller.principal.rights:
        at.switch.deactivate(caller, workflow_id)
    if told.status == "STARTED":
        ended = runs.cancelling.cancel(tenant, told.task_id, caller.principal.subject)
        return TaskView(task_id=ended.id, status=TASKS[ended.status])
    return told


@router.post("/execute/", dependencies=_RUN)
async def execute(
    workflow_id: str, body: Start, order: OrderDep, at: BuildingDep, runs: ExecutingDep
) -> Response:
    """Runs an api workflow that is active, and answers with its result, or as it says itself."""
    at.switch.callable(order.tenant, workflow_id)
    made = await runs.waiting.run(order, body.timeout or PATIENCE)
    if made.status == "completed":
        raw = raw_response(runs, order.tenant, made)
        return raw or JSONResponse(_told(made, result_of(runs, order.tenant, made)))
    if made.over:
        error = made.error or {"message": f"the run was {made.status}", "node": ""}
        return problem(
            400, "Workflow failed", str(error["message"]), success=False, workflow_id=workflow_id,
            execution_id=made.id, failed_node=error.get("node") or None, error_code="RUN_FAILED",
        )  # fmt: skip
    where = {"Location": f"/executions/{made.id}/"}
    told = {"success": None, "status": made.status, "execution_id": made.id}
    return JSONResponse({**told, "workflow_id": workflow_id}, 202, where)


def _told(made: Execution, output: Any) -> dict[str, Any]:
    return {
        "success": True, "workflow_id": made.workflow_id, "execution_id": made.id,
        "output": output, "execution_time_ms": round((made.seconds or 0) * 1_000),
    }  # fmt: skip
