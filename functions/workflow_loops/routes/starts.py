"""Runs of workflows: started, tried, waited for, listed, counted."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from functions.web.access import PrincipalDep, needs
from functions.web.problems import BadRequestError
from functions.workflow_loops.executing import ExecutingDep
from functions.workflow_loops.model_check import check_models
from functions.workflow_loops.routes.executions import ListedDep
from functions.workflow_loops.services import ServicesDep
from functions.workflow_loops.views_executions import (
    ExecutionDetail,
    ExecutionsView,
    ExecutionView,
    Start,
    Statistics,
)
from shared.crm.idempotency import Attempt
from shared.identity.rights import Right
from shared.workflows.executions.execution import Cause
from shared.workflows.executions.starting import Order
from shared.workflows.executions.waiting import PATIENCE

router = APIRouter(tags=["executions"])


async def ordered(
    workflow_id: str, body: Start, request: Request, who: PrincipalDep, flows: ServicesDep
) -> Order:
    """The run that a request wants."""
    await check_models(request, who.tenant, workflow_id, flows)
    key = request.headers.get("idempotency-key")
    if key is not None and not 1 <= len(key) <= 255:
        raise BadRequestError("Idempotency-Key", "not 1 to 255 characters", "send a UUID")
    said = f"{request.url.path.rstrip('/')} {body.model_dump_json()}"
    return Order(
        who.tenant, workflow_id, body.given, Cause(kind="principal", id=who.subject), who.member,
        Attempt(who.subject, key, said) if key else None,
    )  # fmt: skip


OrderDep = Annotated[Order, Depends(ordered)]


@router.post(
    "/workflows/{workflow_id}/execute/",
    status_code=202,
    dependencies=[needs(Right.WORKFLOWS_RUN)],
)
async def execute(order: OrderDep, at: ExecutingDep, response: Response) -> ExecutionView:
    """Starts a run of the version that stands, and does not wait for it."""
    made = at.starting.start(order)
    response.headers["Location"] = f"/executions/{made.id}/"
    return ExecutionView.of(made)


@router.post(
    "/workflows/{workflow_id}/run/",
    dependencies=[needs(Right.WORKFLOWS_RUN)],
    responses={202: {"description": "It runs on, or waits for an answer."}},
)
async def run(
    order: OrderDep, body: Start, at: ExecutingDep, response: Response
) -> ExecutionDetail:
    """Starts a run and waits for its end, 25 seconds at most."""
    found = await at.waiting.run(order, body.timeout or PATIENCE)
    if not found.over:
        response.status_code = 202
        response.headers["Location"] = f"/executions/{found.id}/"
    return ExecutionDetail.detail(at.records.standing(order.tenant, found))


@router.post("/workflows/{workflow_id}/test/", status_code=202,
             dependencies=[needs(Right.WORKFLOWS_RUN, Right.WORKFLOWS_CHANGE)])  # fmt: skip
async def test(order: OrderDep, at: ExecutingDep, response: Response) -> ExecutionView:
    """Runs the draft as it is, inline."""
    made = at.starting.try_draft(order)
    response.headers["Location"] = f"/executions/{made.id}/"
    return ExecutionView.of(made)


@router.get("/workflows/{workflow_id}/executions/", dependencies=[needs(Right.WORKFLOWS_VIEW)])
async def of_workflow(
    workflow_id: str, wanted: ListedDep, who: PrincipalDep, at: ExecutingDep, flows: ServicesDep
) -> ExecutionsView:
    """The executions of a workflow, the newest first."""
    flows.workflows.get(who.tenant, workflow_id)
    return wanted.page(at, who.tenant, workflow_id=workflow_id)


@router.get("/users/{user_id}/executions/", dependencies=[needs(Right.WORKFLOWS_VIEW)])
async def of_user(
    user_id: str, wanted: ListedDep, who: PrincipalDep, at: ExecutingDep
) -> ExecutionsView:
    """The executions that a member started, the newest first."""
    return wanted.page(at, who.tenant, user_id=user_id)


@router.get("/workflows/{workflow_id}/stats/", dependencies=[needs(Right.WORKFLOWS_VIEW)])
@router.get("/workflow/{workflow_id}/stats/", dependencies=[needs(Right.WORKFLOWS_VIEW)])
async def statistics(
    workflow_id: str, who: PrincipalDep, at: ExecutingDep, flows: ServicesDep
) -> Statistics:
    """How the runs of a workflow ended, and how long they took."""
    flows.workflows.get(who.tenant, workflow_id)
    found = at.reading.statistics(who.tenant, workflow_id)
    return Statistics.model_validate(found, from_attributes=True)
