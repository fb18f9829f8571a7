"""Errors as RFC 9457 problem details that also carry the seeds' `error` field."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from shared.crm.errors import (
    AlreadyAnsweredError,
    IdempotencyKeyReusedError,
    LeadNotFoundError,
    PreconditionFailedError,
)
from shared.crm.lead import STATUSES
from shared.events.quarantine import NotInQuarantineError
from shared.identity.principal import ForbiddenError, NotAPrincipalError
from shared.pipelines.tracing import NothingTracedError
from shared.platform.log import logger
from shared.platform.tables import TablesBusyError

log = logger("crm")


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
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "error": error or detail,
        **more,
    }
    if listed := list(errors):
        body["errors"] = listed
    return JSONResponse(body, status, dict(headers or {}), media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Maps what the layers below raise; nothing else in this function turns errors into answers."""
    for kind, answer in _ANSWERS.items():
        app.add_exception_handler(kind, answer)


async def _invalid(request: Request, exc: Any) -> Response:
    entries = [_entry(e) for e in exc.errors()]
    detail = "; ".join(f"{e['field']}: {e['problem']}" for e in entries)
    error = _seed_text(request, entries)
    return problem(400, "Invalid request", detail, error=error, errors=entries)


async def _unusable(_: Request, exc: Any) -> Response:
    return problem(400, "Invalid request", str(exc), errors=[exc.entry])


async def _absent(_: Request, exc: Any) -> Response:
    return problem(404, "Not found", "Lead not found")


async def _not_quarantined(_: Request, exc: Any) -> Response:
    return problem(404, "Not found", str(exc))


async def _not_traced(_: Request, exc: Any) -> Response:
    return problem(404, "Not found", str(exc))


async def _forbidden(_: Request, exc: Any) -> Response:
    return problem(403, "Forbidden", str(exc))


async def _unknown_caller(_: Request, exc: Any) -> Response:
    return problem(401, "Unauthorized", str(exc))


async def _stale(_: Request, exc: Any) -> Response:
    current = exc.current.model_dump(mode="json")
    headers = {"ETag": f'"{exc.current.version}"'}
    return problem(412, "Precondition failed", str(exc), headers=headers, current=current)


async def _reused(_: Request, exc: Any) -> Response:
    entry = {"field": "Idempotency-Key", "problem": str(exc), "fix": "send a new key"}
    return problem(422, "Idempotency key reused", str(exc), errors=[entry])


async def _again(_: Request, exc: Any) -> Response:
    headers = {"Idempotency-Replayed": "true"} | ({"ETag": exc.etag} if exc.etag else {})
    return Response(exc.body or None, exc.status, headers, media_type="application/json")


async def _busy(_: Request, exc: Any) -> Response:
    return problem(503, "Busy", str(exc), headers={"Retry-After": "1"})


async def _http(_: Request, exc: Any) -> Response:
    text = str(exc.detail)
    return problem(exc.status_code, text, text, headers=exc.headers)


async def _broken(request: Request, exc: Exception) -> Response:
    log.exception("unexpected", path=request.url.path, error_type=type(exc).__name__)
    return problem(500, "Internal error", "Something failed here; it is logged under this id")


_ANSWERS: Final[dict[type[Exception], Callable[[Request, Any], Awaitable[Response]]]] = {
    RequestValidationError: _invalid,
    BadRequestError: _unusable,
    LeadNotFoundError: _absent,
    NotInQuarantineError: _not_quarantined,
    NothingTracedError: _not_traced,
    ForbiddenError: _forbidden,
    NotAPrincipalError: _unknown_caller,
    PreconditionFailedError: _stale,
    IdempotencyKeyReusedError: _reused,
    AlreadyAnsweredError: _again,
    TablesBusyError: _busy,
    HTTPException: _http,
    Exception: _broken,
}


def _entry(error: Mapping[str, Any]) -> dict[str, str]:
    kind = error["type"]
    field = ".".join(str(part) for part in error["loc"] if part not in ("body", "query", "header"))
    if kind == "json_invalid":
        return {
            "field": "body",
            "problem": f"not JSON: {error.get('ctx', {}).get('error', error['msg'])}",
            "fix": "send a JSON object with Content-Type: application/json",
        }
    fixes = {
        "missing": f"add {field or 'a JSON object as the body'}",
        "extra_forbidden": f"remove {field}; unknown fields are not stored",
        "literal_error": f"use one of {', '.join(STATUSES)}",
    }
    fix = fixes.get(kind, error["msg"])
    return {"field": field or "body", "problem": error["msg"], "fix": fix}


def _seed_text(request: Request, entries: list[dict[str, str]]) -> str | None:
    """The words of seed 002, section 3.2, for its own endpoints."""
    parts = request.url.path.strip("/").split("/")
    if parts[0] != "leads":
        return None
    if parts[-1] == "status":
        missing = any(e["field"] == "status" and e["fix"] == "add status" for e in entries)
        return "Status is required" if missing else "Failed to update lead status"
    return {"POST": "Failed to create lead", "PUT": "Failed to update lead"}.get(request.method)
