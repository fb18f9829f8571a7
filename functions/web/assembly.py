"""An HTTP application of ours: guards, routes with their declared rights, error answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from fastapi import APIRouter, FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware

from functions.web.access import publish
from functions.web.guards import AnyPage, BodyLimit, KnownHosts, OwnPages
from functions.web.limits import Limiter, RateHeaders, TooManyRequestsError, too_many
from functions.web.paths import TrailingSlash
from functions.web.problems import Answers, install
from functions.web.settings import HttpSettings
from shared.identity.audit import Audit
from shared.identity.rate_limits import RateLimits
from shared.platform.counters import DynamoCounters
from shared.platform.dynamo import DynamoTables

_ANY_PAGE: Final = ("/forms/", "/submit-business-lead", "/api/submit-business-lead")
"""What forms on anybody's page are sent to."""


def assemble(
    title: str,
    routers: Sequence[APIRouter],
    told: HttpSettings,
    answers: Answers,
    *,
    exposed: Sequence[str] = (),
    own: Callable[[str], str] = lambda path: path,
) -> FastAPI:
    """The application.

    Args:
        answers: what is answered to errors of its own.
        exposed: response headers that pages of other origins may read.
        own: gives our path for one of an older system.

    Raises:
        UndeclaredRouteError: a route does not say what it needs.
    """
    app = FastAPI(
        title=title,
        version="1",
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    install(app, {TooManyRequestsError: too_many, **answers})
    for router in routers:
        app.include_router(router)
    publish(app)
    app.state.audit = Audit(DynamoTables(), told.audit_table)
    limits = RateLimits(DynamoCounters(), told.inbox_table)
    app.state.limiter = Limiter(limits, told.tenant_units, told.address_units)
    # The last one added is the first to see a request.
    app.add_middleware(TrailingSlash, own=own)
    app.add_middleware(GZipMiddleware, minimum_size=1_000)
    app.add_middleware(BodyLimit, limit=told.max_body_bytes)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=told.allowed_origins,
        allow_credentials=True,
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=[
            "Authorization",
            "Content-Type",
            "Idempotency-Key",
            "If-Match",
            "X-Chat-Session",
        ],
        expose_headers=[*exposed, "RateLimit", "RateLimit-Policy", "Retry-After"],
    )
    app.add_middleware(RateHeaders)
    app.add_middleware(AnyPage, prefixes=_ANY_PAGE)
    app.add_middleware(OwnPages, allowed=told.allowed_origins)
    app.add_middleware(KnownHosts, allowed=told.allowed_hosts)
    return app
