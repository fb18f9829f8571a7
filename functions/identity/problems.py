"""What identity's own errors are answered with."""

from __future__ import annotations

from typing import Any, Final

from fastapi import Request
from fastapi.responses import Response

from functions.web.problems import Answers, problem
from shared.events.outbox import VersionConflictError
from shared.identity.errors import NotFoundError, NotSignedInError, TakenError, UnusableError
from shared.platform.mail import MailBusyError
from shared.platform.tables import TransactionRefusedError
from shared.platform.user_pool import SecondFactorError, WeakPasswordError


async def _absent(_: Request, exc: Any) -> Response:
    return problem(404, "Not found", str(exc))


async def _not_signed_in(_: Request, exc: Any) -> Response:
    return problem(401, "Unauthorized", str(exc), headers={"WWW-Authenticate": "Bearer"})


async def _second_factor(_: Request, exc: Any) -> Response:
    detail = "this account wants a code as well"
    entry = {"field": "code", "problem": "missing", "fix": "add the six digits of your app"}
    headers = {"WWW-Authenticate": "Bearer"}
    return problem(401, "Unauthorized", detail, errors=[entry], headers=headers)


async def _taken(_: Request, exc: Any) -> Response:
    return problem(400, "Already there", str(exc))


async def _unusable(_: Request, exc: Any) -> Response:
    return problem(400, "Invalid request", str(exc), errors=[exc.entry])


async def _weak(_: Request, exc: Any) -> Response:
    fix = "take at least 12 characters with small and capital letters, a digit and a symbol"
    entry = {"field": "password", "problem": str(exc), "fix": fix}
    return problem(400, "Invalid request", str(exc), errors=[entry])


async def _meanwhile(_: Request, exc: Any) -> Response:
    detail = "somebody changed the same meanwhile; try again"
    return problem(503, "Busy", detail, headers={"Retry-After": "1"})


ANSWERS: Final[Answers] = {
    NotFoundError: _absent,
    NotSignedInError: _not_signed_in,
    SecondFactorError: _second_factor,
    TakenError: _taken,
    UnusableError: _unusable,
    WeakPasswordError: _weak,
    VersionConflictError: _meanwhile,
    TransactionRefusedError: _meanwhile,
    MailBusyError: _meanwhile,
}
