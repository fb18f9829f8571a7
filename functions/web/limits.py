"""Who pays for a request, and how much: units per minute, told in the RateLimit headers.

A tenant pays for its members and keys together; who has no tenant yet pays by address. Reading
costs one unit and writing five, unless the route says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from fastapi import Request
from fastapi.responses import Response
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from functions.web.problems import problem
from functions.web.rules import cost_of, rate_headers
from shared.identity.principal import Principal
from shared.identity.rate_limits import RateLimits, Standing
from shared.platform.log import logger

log = logger("http")

_NOTE: Final = "millrace.standings"
"""Where in the scope a request's standings are noted for the headers."""


class TooManyRequestsError(Exception):
    """The caller has used up their units; `standing` says until when."""

    def __init__(self, standing: Standing, cost: int) -> None:
        super().__init__(
            f"This request costs {cost} of {standing.limit} units a minute, and "
            f"{standing.remaining} are left; try again in {standing.resets_in} s"
        )
        self.standing = standing


@dataclass(frozen=True, slots=True)
class Limiter:
    """Charges requests."""

    limits: RateLimits
    per_tenant: int
    per_address: int

    def charge(self, request: Request, who: Principal | None, cost: int | None) -> None:
        """Charges whoever asks; what cannot be counted is let through, and logged.

        Raises:
            TooManyRequestsError: they have too few units left.
        """
        name, limit = (
            (who.tenant, self.per_tenant) if who else (_address(request), self.per_address)
        )
        self.spend(request, name, cost or cost_of(request.method), limit)

    def spend(self, request: Request, name: str, cost: int, limit: int) -> None:
        """Charges somebody by name; see `charge`."""
        try:
            standing = self.limits.spend(name, cost, limit)
        except Exception as error:  # a counter that is away must not take the API with it
            log.warning("not counted", error_type=type(error).__name__)
            return
        request.scope.get(_NOTE, []).append(standing)
        if not standing.allowed:
            raise TooManyRequestsError(standing, cost)


class RateHeaders:
    """Says in each answer how the caller stands, as the IETF's draft has it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""
        standings: list[Standing] = []

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and standings:
                MutableHeaders(scope=message).update(rate_headers(standings))
            await send(message)

        await self._app({**scope, _NOTE: standings}, receive, sending)


async def too_many(_: Request, exc: Any) -> Response:
    """The answer to `TooManyRequestsError`."""
    wait = {"Retry-After": str(exc.standing.resets_in)}
    return problem(429, "Too many requests", str(exc), headers=wait)


def _address(request: Request) -> str:
    """As API Gateway saw it; a header of the caller's own would let them choose who pays."""
    event = request.scope.get("aws.event", {})
    source = event.get("requestContext", {}).get("http", {}).get("sourceIp", "unknown")
    return f"-#address#{source}"
