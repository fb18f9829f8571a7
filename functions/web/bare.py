"""A function behind the HTTP API without a framework, for those that must start fast.

It obeys the rules of `functions.web.assembly`: known hosts, own pages, limits of size and rate,
rights that are declared at the route, problems as answers.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from functions.web.rules import (
    SAFE,
    cost_of,
    halves_a_character,
    known_host,
    own_page,
    problem_body,
    rate_headers,
)
from functions.web.settings import HttpSettings
from shared.identity.audit import Audit
from shared.identity.principal import ForbiddenError, NotAPrincipalError, Principal
from shared.identity.rate_limits import RateLimits, Standing
from shared.identity.rights import Right
from shared.platform.log import logger
from shared.platform.tables import TablesBusyError

log = logger("http")
SESSION_HEADER: Final = "X-Chat-Session"
_EXPOSED: Final = f"{SESSION_HEADER}, RateLimit, RateLimit-Policy, Retry-After"


@dataclass(frozen=True, slots=True)
class Request:
    """A request whose caller may make it."""

    who: Principal
    parameters: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    cookies: Mapping[str, str]
    path: str
    body: bytes = b""

    def json(self) -> dict[str, Any]:
        """The body's object.

        Raises:
            ProblemError: it is none.
        """
        if halves_a_character(self.body):
            raise wrong("body", "half a character", "send whole characters")
        try:
            found = json.loads(self.body or b"{}")
        except (ValueError, RecursionError):
            raise wrong(
                "body", "not JSON", "send a JSON object with Content-Type: application/json"
            ) from None
        if not isinstance(found, dict):
            raise wrong("body", "not an object", "send a JSON object")
        return found


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered."""

    body: Mapping[str, Any] | None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: tuple[str, ...] = ()


class ProblemError(Exception):
    """An answer that is a problem."""

    def __init__(self, status: int, title: str, detail: str, **more: Any) -> None:
        super().__init__(detail)
        headers = {"Content-Type": "application/problem+json", **more.pop("headers", {})}
        self.reply = Reply(problem_body(status, title, detail, **more), status, headers)


def wrong(name: str, problem: str, fix: str, error: str | None = None) -> ProblemError:
    """A part of the request that cannot be used."""
    entry = {"field": name, "problem": problem, "fix": fix}
    detail = f"{name}: {problem}"
    return ProblemError(400, "Invalid request", detail, error=error, errors=[entry])


@dataclass(frozen=True, slots=True)
class Route:
    """One route: what it needs, what answers it, and what is said when that fails."""

    right: Right
    answer: Callable[[Request], Reply]
    failed: str


class BareHandler:
    """`handler = BareHandler(settings(), {"POST /chat": Route(…)}, paths.own, limits, audit)`."""

    def __init__(
        self,
        told: HttpSettings,
        routes: Mapping[str, Route],
        own: Callable[[str], str],
        limits: RateLimits,
        audit: Audit,
    ) -> None:
        """`routes` are by method and our own path; `own` gives it for any spelling."""
        self._told, self._routes, self._own = told, dict(routes), own
        self._limits, self._audit = limits, audit

    def __call__(self, event: Mapping[str, Any], context: object) -> dict[str, Any]:
        """Answers an event of payload format 2.0."""
        headers = {name.lower(): value for name, value in event.get("headers", {}).items()}
        cookies = _cookies(event.get("cookies") or ())
        if cookies:
            headers.setdefault("cookie", "; ".join(event["cookies"]))
        method, _, template = str(event["routeKey"]).partition(" ")
        standings: list[Standing] = []
        route = self._routes[f"{method} {self._own(template)}"]
        try:
            body = self._checked(method, headers, event)
            who = self._caller(method, template, route, event, standings)
            request = Request(
                who, event.get("pathParameters") or {}, event.get("queryStringParameters") or {},
                headers, cookies, str(event.get("rawPath", "")), body,
            )  # fmt: skip
            reply = route.answer(request)
        except Exception as error:
            reply = _reply_to(error, route.failed)
        told = {**(rate_headers(standings) if standings else {}), **self._for_pages(headers)}
        return _answer(replace(reply, headers={**told, **reply.headers}))

    def _checked(self, method: str, headers: Mapping[str, str], event: Mapping[str, Any]) -> bytes:
        """The body of a request that may be looked at."""
        told = self._told
        if not known_host(headers.get("host", ""), [one.lower() for one in told.allowed_hosts]):
            detail = "This API does not answer to that Host; see the setting ALLOWED_HOSTS"
            raise ProblemError(400, "Unknown host", detail)
        foreign = "cookie" in headers and not own_page(headers, told.allowed_origins)
        if foreign and method not in SAFE:
            detail = "A page of another origin may not change anything with these cookies"
            raise ProblemError(403, "Another page", detail)
        body = str(event.get("body") or "")
        raw = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
        if len(raw) > told.max_body_bytes:
            detail = f"The body has more than {told.max_body_bytes} bytes"
            raise ProblemError(413, "Body too large", detail)
        return raw

    def _caller(
        self,
        method: str,
        template: str,
        route: Route,
        event: Mapping[str, Any],
        standings: list[Standing],
    ) -> Principal:
        """Who asks, charged and allowed to."""
        context = event.get("requestContext", {}).get("authorizer", {}).get("lambda", {})
        who = Principal.from_context(context)
        cost = cost_of(method)
        try:
            standing = self._limits.spend(who.tenant, cost, self._told.tenant_units)
        except Exception as error:  # a counter that is away must not take the API with it
            log.warning("not counted", error_type=type(error).__name__)
        else:
            standings.append(standing)
            if not standing.allowed:
                raise _spent(standing, cost)
        try:
            who.require(route.right)
        except ForbiddenError:
            self._audit.refused(who, route.right, f"{method} {self._own(template)}/")
            raise
        return who

    def _for_pages(self, headers: Mapping[str, str]) -> dict[str, str]:
        """What lets a page of an allowed origin read the answer."""
        origin = headers.get("origin")
        if origin is None:
            return {}
        allowed = {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Credentials": "true",
            "Access-Control-Expose-Headers": _EXPOSED,
        }
        return {**(allowed if origin in self._told.allowed_origins else {}), "Vary": "Origin"}


def _spent(standing: Standing, cost: int) -> ProblemError:
    detail = (
        f"This request costs {cost} of {standing.limit} units a minute, and "
        f"{standing.remaining} are left; try again in {standing.resets_in} s"
    )
    wait = {"Retry-After": str(standing.resets_in)}
    return ProblemError(429, "Too many requests", detail, headers=wait)


def _reply_to(error: Exception, failed: str) -> Reply:
    if isinstance(error, ProblemError):
        return error.reply
    if isinstance(error, ForbiddenError):
        return ProblemError(403, "Forbidden", str(error)).reply
    if isinstance(error, NotAPrincipalError):
        return ProblemError(401, "Unauthorized", str(error)).reply
    if isinstance(error, TablesBusyError):
        wait = {"Retry-After": "1"}
        return ProblemError(
            503, "Busy", str(error), error=failed, details=str(error), headers=wait
        ).reply
    log.exception("unexpected", error_type=type(error).__name__)
    detail = "Something failed here; it is logged under this id"
    return ProblemError(500, "Internal error", detail, error=failed, details=detail).reply


def _answer(reply: Reply) -> dict[str, Any]:
    plain = {"Content-Type": "application/json"} if reply.body is not None else {}
    answer: dict[str, Any] = {
        "statusCode": reply.status,
        "headers": {**plain, **reply.headers},
        "body": "" if reply.body is None else json.dumps(reply.body, ensure_ascii=False),
        "isBase64Encoded": False,
    }
    return {**answer, "cookies": list(reply.cookies)} if reply.cookies else answer


def _cookies(sent: Any) -> dict[str, str]:
    pairs = (one.partition("=") for one in sent)
    return {name.strip(): value.strip() for name, _, value in pairs}
