"""What errors of building workflows are answered with."""

from __future__ import annotations

from typing import Any, Final

from fastapi import Request
from fastapi.responses import Response

from functions.web.problems import Answers, problem
from functions.workflow_loops.ended import InvalidFormError, TrialTimeoutError
from shared.nodes.catalogue import UnknownNodeTypeError
from shared.workflows.development.ports import TrialLostError
from shared.workflows.errors import (
    DrawingRefusedError,
    MissingOutputError,
    NotActiveError,
    NoTaskError,
    NotForThisTypeError,
    PartNotFoundError,
)
from shared.workflows.webhooks.webhook import (
    UnknownWebhookError,
    WebhookClosedError,
    WebhookMethodError,
    WebhookRefusedError,
)


async def _part(_: Request, exc: Any) -> Response:
    code = f"{exc.kind.upper()}_NOT_FOUND"
    return problem(404, "Not found", str(exc), error_code=code)


async def _type(_: Request, exc: Any) -> Response:
    return problem(404, "Not found", str(exc), error_code="NODE_TYPE_NOT_FOUND")


async def _drawing(_: Request, exc: Any) -> Response:
    return problem(
        400, "Invalid request", str(exc), errors=[exc.entry], error_code="VALIDATION_ERROR"
    )


async def _not_for(_: Request, exc: Any) -> Response:
    return problem(400, "Not for this type", str(exc), error_code="INVALID_REQUEST", success=False)


async def _inactive(_: Request, exc: Any) -> Response:
    return problem(400, "Not active", str(exc), error_code="INVALID_REQUEST", success=False)


async def _missing(_: Request, exc: Any) -> Response:
    return problem(409, "Output missing", str(exc), error_code="OUTPUT_MISSING", success=False)


async def _late(_: Request, exc: Any) -> Response:
    told = {"timeout": exc.seconds, "error_type": "Timeout", "success": False}
    return problem(408, "Timeout", str(exc), error_code="TIMEOUT", **told)


async def _form(_: Request, exc: Any) -> Response:
    told = {"error_type": "FormValidationError", "form": exc.form, "success": False}
    return problem(400, "Invalid form", str(exc), errors=exc.entries,
                   error_code="VALIDATION_ERROR", **told)  # fmt: skip


async def _lost(_: Request, exc: Any) -> Response:
    return problem(502, "Runner lost", str(exc), error_code="INTERNAL_ERROR", success=False)


async def _no_task(_: Request, exc: Any) -> Response:
    return problem(400, "No task", str(exc), error_code="INVALID_REQUEST")


async def _no_webhook(_: Request, exc: Any) -> Response:
    return problem(404, "Not found", str(exc), error_code="WEBHOOK_NOT_FOUND")


async def _refused(_: Request, exc: Any) -> Response:
    return problem(401, "Not let in", str(exc), error_code="WEBHOOK_REFUSED")


async def _method(_: Request, exc: Any) -> Response:
    allowed = {"Allow": ", ".join(exc.methods)}
    return problem(405, "Method not allowed", str(exc), headers=allowed)


async def _closed(_: Request, exc: Any) -> Response:
    return problem(409, "Not accepted", str(exc), error_code="WEBHOOK_CLOSED")


ANSWERS: Final[Answers] = {
    PartNotFoundError: _part,
    UnknownNodeTypeError: _type,
    DrawingRefusedError: _drawing,
    NotForThisTypeError: _not_for,
    NotActiveError: _inactive,
    MissingOutputError: _missing,
    TrialTimeoutError: _late,
    InvalidFormError: _form,
    TrialLostError: _lost,
    NoTaskError: _no_task,
    UnknownWebhookError: _no_webhook,
    WebhookRefusedError: _refused,
    WebhookMethodError: _method,
    WebhookClosedError: _closed,
}
