"""What the CRM's own errors are answered with, in the words of seed 002 where it has some."""

from __future__ import annotations

from typing import Any, Final

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response

from functions.web.problems import Answers, entries, invalid, problem
from shared.consumers.replays import ReplayConflictError, ReplayNotFoundError
from shared.crm.business_lead import UnusableFormError
from shared.crm.errors import (
    AlreadyAnsweredError,
    IdempotencyKeyReusedError,
    LeadNotFoundError,
    PreconditionFailedError,
)
from shared.crm.suppressed import NotSuppressedError
from shared.events.catalog.registry import InvalidEventDataError, UnknownEventTypeError
from shared.events.claims import EventTooLargeError, LostDataError, WrongClaimError
from shared.events.quarantine import NotInQuarantineError
from shared.identity.errors import NotFoundError
from shared.pipelines.admission import OursAloneError
from shared.pipelines.calling import NoSuchPipelineError
from shared.pipelines.event_tasks import TaskNotFoundError
from shared.pipelines.mapping import AmbiguousEventError
from shared.pipelines.tracing import NothingTracedError
from shared.platform.machines import StillRunningError
from shared.webhooks.errors import (
    DeliveryNotFoundError,
    DeliveryWaitsError,
    EndpointChangedError,
    EndpointDisabledError,
    EndpointNotFoundError,
    InvalidEndpointError,
    RecoveryNotFoundError,
    TooManyEndpointsError,
)


async def _invalid(request: Request, exc: Any) -> Response:
    return invalid(exc, _seed_text(request, entries(exc)))


async def _absent(_: Request, exc: Any) -> Response:
    return problem(404, "Not found", "Lead not found")


async def _not_there(_: Request, exc: Any) -> Response:
    return problem(404, "Not found", str(exc))


async def _unusable_event(_: Request, exc: Any) -> Response:
    return problem(400, "Invalid event", str(exc))


async def _unusable_form(_: Request, exc: Any) -> Response:
    return problem(400, "Invalid form", str(exc))


async def _ours_alone(_: Request, exc: Any) -> Response:
    return problem(403, "Forbidden", str(exc))


async def _still_running(_: Request, exc: Any) -> Response:
    fix = "put the event onto the platform with POST /events/queue/ and ask for its task"
    entry = {"field": "event_type", "problem": str(exc), "fix": fix}
    return problem(504, "Still running", f"The pipeline goes on; {exc}", errors=[entry])


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


async def _conflict(_: Request, exc: Any) -> Response:
    return problem(409, "Conflict", str(exc))


async def _invalid_endpoint(_: Request, exc: Any) -> Response:
    entry = {"field": exc.field, "problem": exc.problem, "fix": exc.mend}
    return problem(400, "Invalid endpoint", str(exc), errors=[entry])


async def _too_large(_: Request, exc: Any) -> Response:
    entry = {"field": "data", "problem": str(exc), "fix": "send a link to what is large"}
    return problem(413, "Event too large", str(exc), errors=[entry])


async def _lost(_: Request, exc: Any) -> Response:
    return problem(410, "Data gone", str(exc))


ANSWERS: Final[Answers] = {
    RequestValidationError: _invalid,
    LeadNotFoundError: _absent,
    NotFoundError: _not_there,
    NotInQuarantineError: _not_there,
    NothingTracedError: _not_there,
    NotSuppressedError: _not_there,
    ReplayNotFoundError: _not_there,
    ReplayConflictError: _conflict,
    EndpointNotFoundError: _not_there,
    DeliveryNotFoundError: _not_there,
    RecoveryNotFoundError: _not_there,
    EndpointChangedError: _stale,
    EndpointDisabledError: _conflict,
    DeliveryWaitsError: _conflict,
    TooManyEndpointsError: _conflict,
    InvalidEndpointError: _invalid_endpoint,
    EventTooLargeError: _too_large,
    LostDataError: _lost,
    WrongClaimError: _lost,
    UnusableFormError: _unusable_form,
    NoSuchPipelineError: _not_there,
    TaskNotFoundError: _not_there,
    UnknownEventTypeError: _unusable_event,
    InvalidEventDataError: _unusable_event,
    AmbiguousEventError: _unusable_event,
    OursAloneError: _ours_alone,
    StillRunningError: _still_running,
    PreconditionFailedError: _stale,
    IdempotencyKeyReusedError: _reused,
    AlreadyAnsweredError: _again,
}


def _seed_text(request: Request, found: list[dict[str, str]]) -> str | None:
    """The words of seeds 002 and 000 for their own endpoints."""
    parts = request.url.path.strip("/").split("/")
    if parts[0] == "events":
        missing = any(e["fix"] == "add event_type" for e in found)
        return "Missing event_type in request" if missing else "Invalid request format"
    if parts[0] != "leads":
        return None
    if parts[-1] == "status":
        missing = any(e["field"] == "status" and e["fix"] == "add status" for e in found)
        return "Status is required" if missing else "Failed to update lead status"
    return {"POST": "Failed to create lead", "PUT": "Failed to update lead"}.get(request.method)
