"""What errors about executions are answered with, under codes of seed 003 where it has one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

from fastapi import Request
from fastapi.responses import Response

from functions.web.problems import Answers, problem
from shared.crm.errors import IdempotencyKeyReusedError
from shared.platform.flow_machines import MachineError, MachineQuotaError
from shared.workflows.executions.errors import (
    AnswerError,
    AnswerTooEarlyError,
    ExecutionNotFoundError,
    ExecutionOverError,
    InputTooLargeError,
    NodeNotFoundError,
    NotResumableError,
    PublisherError,
    StartFailedError,
    WorkflowInactiveError,
)


def _answer(status: int, title: str, code: str) -> Callable[[Request, Any], Awaitable[Response]]:
    async def answer(_: Request, exc: Any) -> Response:
        return problem(status, title, str(exc), error_code=code)

    return answer


async def _reused(_: Request, exc: Any) -> Response:
    entry = {"field": "Idempotency-Key", "problem": str(exc), "fix": "send a new key"}
    return problem(
        422, "Key used before", str(exc), errors=[entry], error_code="IDEMPOTENCY_KEY_REUSED"
    )


async def _early(_: Request, exc: Any) -> Response:
    return problem(
        503, "Not waiting yet", str(exc), headers={"Retry-After": "1"}, error_code="ANSWER_EARLY"
    )


ANSWERS: Final[Answers] = {
    AnswerError: _answer(400, "Not an answer", "ANSWER_INVALID"),
    AnswerTooEarlyError: _early,
    NodeNotFoundError: _answer(404, "Not found", "NODE_NOT_FOUND"),
    ExecutionNotFoundError: _answer(404, "Not found", "EXECUTION_NOT_FOUND"),
    ExecutionOverError: _answer(400, "Execution is over", "EXECUTION_OVER"),
    NotResumableError: _answer(409, "Not resumable", "EXECUTION_NOT_RESUMABLE"),
    WorkflowInactiveError: _answer(409, "Workflow is inactive", "WORKFLOW_INACTIVE"),
    PublisherError: _answer(409, "Publisher lost the right", "PUBLISHER_NOT_ALLOWED"),
    InputTooLargeError: _answer(413, "Input too large", "INPUT_TOO_LARGE"),
    MachineQuotaError: _answer(409, "Too many machines", "MACHINE_QUOTA_EXCEEDED"),
    MachineError: _answer(502, "No machine", "MACHINE_REFUSED"),
    StartFailedError: _answer(502, "Not started", "EXECUTION_NOT_STARTED"),
    IdempotencyKeyReusedError: _reused,
}
