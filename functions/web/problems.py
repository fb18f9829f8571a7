"""Errors as RFC 9457 problem details that also carry the seeds' `error` field."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from functions.web.rules import problem_body
from shared.identity.principal import ForbiddenError, NotAPrincipalError
from shared.platform.log import logger
from shared.platform.tables import TablesBusyError

log = logger("http")

Answers = Mapping[type[Exception], Callable[[Request, Any], Awaitable[Response]]]
"""What is answered to each kind of error."""


class BadRequestError(Exception):
    """A part of the request that cannot be used: which field, and what to send instead."""

    def __init__(self, field: str, problem: str, fix: str) -> None:
        super().__init__(problem)
        self.entry = {"field": field, "problem": problem, "fix": fix}


def problem(
    status: int,
    title: str,
    detail: str,
    *,
    error: str | None = None,
    errors: Iterable[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> JSONResponse:
    """A problem document; `error` is the text that the seeds' clients look for."""
    body = problem_body(status, title, detail, error=error, errors=errors, **more)
    return JSONResponse(body, status, dict(headers or {}), media_type="application/problem+json")


def install(app: FastAPI, own: Answers) -> None:
    """Maps what the layers below raise; nothing else in a function turns errors into answers."""
    for kind, answer in {**_ANSWERS, **own}.items():
        app.add_exception_handler(kind, answer)


def invalid(exc: RequestValidationError, error: str | None = None) -> Response:
    """The answer to a request that its models refuse."""
    listed = entries(exc)
    detail = "; ".join(f"{e['field']}: {e['problem']}" for e in listed)
    return problem(400, "Invalid request", detail, error=error, errors=listed)


def entries(exc: RequestValidationError) -> list[dict[str, str]]:
    """What is wrong, field by field, with the mend."""
    return [_entry(error) for error in exc.errors()]


async def _invalid(_: Request, exc: Any) -> Response:
    return invalid(exc)


async def _unusable(_: Request, exc: Any) -> Response:
    return problem(400, "Invalid request", str(exc), errors=[exc.entry])


async def _forbidden(_: Request, exc: Any) -> Response:
    return problem(403, "Forbidden", str(exc))


async def _unknown_caller(_: Request, exc: Any) -> Response:
    return problem(401, "Unauthorized", str(exc))


async def _busy(_: Request, exc: Any) -> Response:
    return problem(503, "Busy", str(exc), headers={"Retry-After": "1"})


async def _http(_: Request, exc: Any) -> Response:
    text = str(exc.detail)
    return problem(exc.status_code, text, text, headers=exc.headers)


async def _broken(request: Request, exc: Exception) -> Response:
    log.exception("unexpected", path=request.url.path, error_type=type(exc).__name__)
    return problem(500, "Internal error", "Something failed here; it is logged under this id")


_ANSWERS: Final[Answers] = {
    RequestValidationError: _invalid,
    BadRequestError: _unusable,
    ForbiddenError: _forbidden,
    NotAPrincipalError: _unknown_caller,
    TablesBusyError: _busy,
    HTTPException: _http,
    Exception: _broken,
}


def _entry(error: Mapping[str, Any]) -> dict[str, str]:
    kind = error["type"]
    field = ".".join(str(part) for part in error["loc"] if part not in ("body", "query", "header"))
    context = error.get("ctx", {})
    if kind == "json_invalid":
        return {
            "field": "body",
            "problem": f"not JSON: {context.get('error', error['msg'])}",
            "fix": "send a JSON object with Content-Type: application/json",
        }
    fixes = {
        "missing": f"add {field or 'a JSON object as the body'}",
        "extra_forbidden": f"remove {field}; unknown fields are not stored",
        "literal_error": f"use one of {context.get('expected', '')}",
    }
    fix = fixes.get(kind, error["msg"])
    return {"field": field or "body", "problem": error["msg"], "fix": fix}
