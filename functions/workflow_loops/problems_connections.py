"""What errors about connections are answered with."""

from __future__ import annotations

from typing import Any, Final

from fastapi import Request
from fastapi.responses import Response

from functions.web.problems import Answers, problem
from shared.connections.errors import (
    ConnectionChangedError,
    ConnectionInUseError,
    ConnectionNotFoundError,
    InvalidConnectionError,
    NotAuthorizedError,
    TooManyConnectionsError,
)
from shared.connections.oauth2.authorizing import InvalidStateError
from shared.platform.http import EgressRefusedError, HttpTooLargeError, HttpTransportError
from shared.platform.secrets import SecretGoneError


async def _absent(_: Request, exc: Any) -> Response:
    return problem(404, "Not found", str(exc), error_code="CONNECTION_NOT_FOUND")


async def _changed(_: Request, exc: Any) -> Response:
    return problem(412, "Precondition failed", str(exc))


async def _invalid(_: Request, exc: Any) -> Response:
    entry = {"field": exc.field, "problem": exc.mend, "fix": exc.mend}
    return problem(422, "Invalid connection", str(exc), errors=[entry])


async def _in_use(_: Request, exc: Any) -> Response:
    code = "CONNECTION_IN_USE"
    return problem(409, "In use", str(exc), error_code=code, workflows=exc.workflows)


async def _full(_: Request, exc: Any) -> Response:
    return problem(409, "Too many connections", str(exc))


async def _gone(_: Request, exc: Any) -> Response:
    return problem(409, "Secret gone", "its secret is gone; give it again")


async def _state(_: Request, exc: Any) -> Response:
    return problem(400, "Not authorized", str(exc), error_code="AUTHORIZATION_OVER")


async def _unauthorized(_: Request, exc: Any) -> Response:
    return problem(409, "Not authorized", str(exc), error_code="CONNECTION_NOT_AUTHORIZED")


async def _unreached(_: Request, exc: Any) -> Response:
    return problem(502, "No answer", f"the service gave no tokens: {exc}")


ANSWERS: Final[Answers] = {
    ConnectionNotFoundError: _absent,
    ConnectionChangedError: _changed,
    InvalidConnectionError: _invalid,
    ConnectionInUseError: _in_use,
    TooManyConnectionsError: _full,
    SecretGoneError: _gone,
    InvalidStateError: _state,
    NotAuthorizedError: _unauthorized,
    HttpTransportError: _unreached,
    HttpTooLargeError: _unreached,
    EgressRefusedError: _unreached,
}
