"""What errors about workflows are answered with; `error_code` is seed 003's name of them."""

from __future__ import annotations

from typing import Any, Final

from fastapi import Request
from fastapi.responses import Response

from functions.web.problems import Answers, problem
from shared.graph.errors import GraphError
from shared.workflows.errors import (
    NotPublishedError,
    StaleWorkflowError,
    WorkflowNotFoundError,
    WorkflowValidationError,
)


async def _absent(_: Request, exc: Any) -> Response:
    return problem(404, "Not found", str(exc), error_code="WORKFLOW_NOT_FOUND")


async def _invalid(_: Request, exc: Any) -> Response:
    entries = [
        {"field": ".".join(part for part in (p.node, p.field) if part) or "definition",
         "problem": p.problem, "fix": p.fix}
        for p in exc.report.errors
    ]  # fmt: skip
    return problem(422, "Invalid workflow", str(exc), errors=entries, error_code="VALIDATION_ERROR")


async def _graph(_: Request, exc: Any) -> Response:
    return problem(422, "Invalid workflow", str(exc), error_code="VALIDATION_ERROR")


async def _stale(_: Request, exc: Any) -> Response:
    current = exc.current.model_dump(mode="json")
    headers = {"ETag": f'"{exc.current.version}"'}
    return problem(412, "Precondition failed", str(exc), headers=headers, current=current)


async def _unpublished(_: Request, exc: Any) -> Response:
    return problem(409, "Not published", str(exc), error_code="WORKFLOW_NOT_PUBLISHED")


ANSWERS: Final[Answers] = {
    WorkflowNotFoundError: _absent,
    WorkflowValidationError: _invalid,
    GraphError: _graph,
    StaleWorkflowError: _stale,
    NotPublishedError: _unpublished,
}
