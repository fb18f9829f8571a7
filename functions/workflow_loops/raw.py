"""Answers that a workflow gives by itself."""

from __future__ import annotations

from typing import Any, Final

from fastapi.responses import JSONResponse, Response

from functions.workflow_loops.executing import Executing
from shared.workflows.executions.execution import Execution
from shared.workflows.raw_answers import raw_answer

_WITHOUT_BODY: Final = frozenset({204, 205, 304})


def raw_response(at: Executing, tenant: str, execution: Execution) -> Response | None:
    """Status and body of the workflow's HTTP response, if one of its nodes gave one."""
    found = raw_answer(at.ports.store, at.ports.flows, tenant, execution)
    if found is None:
        return None
    # What is below 200 would leave the caller waiting for the answer behind it.
    status = max(found.status, 200)
    if status in _WITHOUT_BODY:
        return Response(status_code=status)
    return JSONResponse(found.body, status)


def result_of(at: Executing, tenant: str, execution: Execution) -> Any:
    """The result of a run that completed."""
    header = at.ports.store.header(tenant, execution.id)
    return dict(header.result or {}) if header else {}
