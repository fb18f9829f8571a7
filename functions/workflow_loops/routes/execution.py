"""One execution: how it stands, what happened in it, and what may be done with it."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from functions.web.access import PrincipalDep, needs
from functions.workflow_loops.executing import ExecutingDep
from functions.workflow_loops.views_executions import (
    AnswerBody,
    ExecutionDetail,
    ExecutionTimeline,
    ExecutionView,
    HappenedView,
    LogLine,
    LogsView,
    NodeView,
    Resume,
    ResumedManyView,
    ResumedView,
    ResumeMany,
)
from shared.identity.rights import Right
from shared.workflows.executions.answering import Given
from shared.workflows.executions.logs import MAX_LINES, Level, as_file, happened
from shared.workflows.executions.resuming import MOST

router = APIRouter(prefix="/executions", tags=["executions"])

SEE = [needs(Right.WORKFLOWS_VIEW)]
RUN = [needs(Right.WORKFLOWS_RUN)]
OfLevel = Annotated[Level | None, Query()]
OfNode = Annotated[str | None, Query(max_length=200)]


@router.post("/resume/", dependencies=[needs(Right.WORKFLOWS_RUN, cost=MOST)])
async def resume_many(body: ResumeMany, who: PrincipalDep, at: ExecutingDep) -> ResumedManyView:
    """Goes on with failed runs, and says of each what became of it."""
    ids = body.execution_ids or at.resuming.failed_of(who.tenant, str(body.workflow_id))
    found = at.resuming.resume_all(who.tenant, ids, body.version, who.member)
    shown = [
        ResumedView(
            execution_id=each.execution_id,
            started=each.started.id if each.started else None,
            error=each.refusal or None,
        )
        for each in found
    ]
    return ResumedManyView(resumed=shown, started_count=sum(e.started is not None for e in found))


@router.get("/{execution_id}/", dependencies=SEE)
async def execution(execution_id: str, who: PrincipalDep, at: ExecutingDep) -> ExecutionDetail:
    """One execution with its data and the states of its nodes."""
    found = at.overdue.checked(who.tenant, execution_id)
    return ExecutionDetail.detail(at.records.standing(who.tenant, found))


@router.get("/{execution_id}/nodes/{node}/", dependencies=SEE)
async def node(
    execution_id: str,
    node: str,
    who: PrincipalDep,
    at: ExecutingDep,
    path: Annotated[str, Query(max_length=500, description="Items around it: `loop[0]/`.")] = "",
) -> NodeView:
    """One node with what entered it and what it gave."""
    found = at.reading.get(who.tenant, execution_id)
    return NodeView.detail(at.records.node(who.tenant, found, node, path))


@router.get("/{execution_id}/logs/", dependencies=SEE)
async def logs(
    execution_id: str, who: PrincipalDep, at: ExecutingDep, level: OfLevel = None,
    node_id: OfNode = None, limit: Annotated[int, Query(ge=1, le=MAX_LINES)] = 1_000,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> LogsView:  # fmt: skip
    """What happened, line by line; no data stands in it."""
    standing = at.records.standing(who.tenant, at.reading.get(who.tenant, execution_id))
    found = happened(standing, level, node_id)
    page = [LogLine.model_validate(line) for line in found[offset : offset + limit]]
    return LogsView(logs=page, total=len(found))


@router.get("/{execution_id}/logs/download/", dependencies=SEE, response_class=Response)
async def download(
    execution_id: str, who: PrincipalDep, at: ExecutingDep,
    form: Annotated[Literal["text", "json"], Query(alias="format")] = "text",
    level: OfLevel = None, node_id: OfNode = None,
) -> Response:  # fmt: skip
    """The log as a file."""
    found = at.reading.get(who.tenant, execution_id)
    lines = happened(at.records.standing(who.tenant, found), level, node_id)
    kind, end = ("application/json", "json") if form == "json" else ("text/plain", "log")
    headers = {"Content-Disposition": f'attachment; filename="execution-{found.id}.{end}"'}
    return Response(as_file(lines, form), media_type=kind, headers=headers)


@router.get("/{execution_id}/timeline/", dependencies=SEE)
async def timeline(execution_id: str, who: PrincipalDep, at: ExecutingDep) -> ExecutionTimeline:
    """Everything that happened, with its facts."""
    found = at.reading.get(who.tenant, execution_id)
    entries = happened(at.records.standing(who.tenant, found))
    shown = [HappenedView.model_validate(each) for each in entries]
    return ExecutionTimeline(execution_id=found.id, timeline=shown)


@router.post("/{execution_id}/cancel/", dependencies=RUN)
async def cancel(execution_id: str, who: PrincipalDep, at: ExecutingDep) -> ExecutionView:
    """Ends a run; a node in flight ends, and nothing follows it."""
    return ExecutionView.of(at.cancelling.cancel(who.tenant, execution_id, who.subject))


@router.post("/{execution_id}/resume/", status_code=202, dependencies=RUN)
async def resume(
    execution_id: str, body: Resume, who: PrincipalDep, at: ExecutingDep, response: Response
) -> ExecutionView:
    """Goes on with a failed run as a new execution; what completed is not run again."""
    made = at.resuming.resume(who.tenant, execution_id, body.version, who.member)
    response.headers["Location"] = f"/executions/{made.id}/"
    return ExecutionView.of(made)


@router.post("/{execution_id}/nodes/{node}/answer/", status_code=202, dependencies=RUN)
async def answer(
    execution_id: str, node: str, body: AnswerBody, who: PrincipalDep, at: ExecutingDep
) -> ExecutionView:
    """Tells a node that waits what it waits for."""
    given = Given(execution_id, node, body.value, body.route, body.path)
    return ExecutionView.of(at.answering.answer(who, given))
