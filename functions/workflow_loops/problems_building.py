"""What errors of building workflows are answered with."""

from __future__ import annotations

from typing import Any, Final

from fastapi import Request
from fastapi.responses import Response

from functions.web.problems import Answers, problem
from shared.nodes.catalogue import UnknownNodeTypeError
from shared.workflows.errors import (
    DrawingRefusedError,
    NotActiveError,
    NotForThisTypeError,
    PartNotFoundError,
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


BUILDING: Final[Answers] = {
    PartNotFoundError: _part,
    UnknownNodeTypeError: _type,
    DrawingRefusedError: _drawing,
    NotForThisTypeError: _not_for,
    NotActiveError: _inactive,
}
