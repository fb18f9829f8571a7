"""Lists of executions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from functions.web.access import PrincipalDep, needs
from functions.web.problems import BadRequestError
from functions.workflow_loops.executing import Executing, ExecutingDep
from functions.workflow_loops.views_executions import ExecutionsView, ExecutionView
from shared.identity.rights import Right
from shared.workflows.executions.execution import STATUSES, Status
from shared.workflows.executions.reading import MAX_LIMIT, MAX_OFFSET, Wanted

router = APIRouter(prefix="/executions", tags=["executions"])


@dataclass(frozen=True)
class Asked:
    """Which page of a list is asked for."""

    statuses: tuple[Status, ...]
    limit: int
    before: str | None
    offset: int

    def page(self, at: Executing, tenant: str, **of: Any) -> ExecutionsView:
        """The page, of a workflow or a user."""
        wanted = Wanted(statuses=self.statuses, **of)
        found = at.reading.page(
            tenant, wanted, limit=self.limit, before=self.before, offset=self.offset
        )
        shown = [ExecutionView.of(each) for each in found.executions]
        return ExecutionsView(executions=shown, before=found.before)


async def asked(
    status: Annotated[str, Query(max_length=200, description="Separated by commas.")] = "",
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50,
    before: Annotated[str | None, Query(max_length=100)] = None,
    offset: Annotated[int, Query(ge=0, le=MAX_OFFSET)] = 0,
) -> Asked:
    """The query of a list."""
    named = [part.strip() for part in status.split(",") if part.strip()]
    if unknown := [name for name in named if name not in STATUSES]:
        known = ", ".join(STATUSES)
        raise BadRequestError("status", f"{unknown[0]!r} is no status", f"send some of {known}")
    return Asked(tuple(one for one in STATUSES if one in named), limit, before, offset)


ListedDep = Annotated[Asked, Depends(asked)]
OfWhom = Annotated[str | None, Query(max_length=100)]


@router.get("/", dependencies=[needs(Right.WORKFLOWS_VIEW)])
async def executions(
    wanted: ListedDep,
    who: PrincipalDep,
    at: ExecutingDep,
    workflow_id: OfWhom = None,
    user_id: OfWhom = None,
) -> ExecutionsView:
    """The tenant's executions, the newest first; `before` of an answer asks for the next page."""
    return wanted.page(at, who.tenant, workflow_id=workflow_id, user_id=user_id)


@router.get("/running/", dependencies=[needs(Right.WORKFLOWS_VIEW)])
async def running(wanted: ListedDep, who: PrincipalDep, at: ExecutingDep) -> ExecutionsView:
    """The executions that run or wait at this moment."""
    live = Asked(("running", "paused"), wanted.limit, wanted.before, wanted.offset)
    return live.page(at, who.tenant)
