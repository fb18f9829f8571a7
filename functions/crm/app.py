"""The CRM's application: guards, routes, error answers."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware

from functions.crm import problems
from functions.crm.routes import health, leads, operations
from functions.crm.settings import CrmSettings
from functions.web import access
from functions.web.guards import BodyLimit, KnownHosts
from functions.web.paths import TrailingSlash
from functions.web.problems import install

_EXPOSED = ["ETag", "Location", "X-Board-Totals", "X-Board-Cursors", "Idempotency-Replayed"]


def create_app(told: CrmSettings) -> FastAPI:
    """The application under given settings."""
    app = FastAPI(
        title="Millrace CRM",
        version="1",
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    install(app, problems.ANSWERS)
    for routes in (health, leads, operations):
        app.include_router(routes.router)
    access.publish(app)
    # The last one added is the first to see a request.
    app.add_middleware(TrailingSlash)
    app.add_middleware(GZipMiddleware, minimum_size=1_000)
    app.add_middleware(BodyLimit, limit=told.max_body_bytes)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=told.allowed_origins,
        allow_credentials=True,
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "If-Match"],
        expose_headers=_EXPOSED,
    )
    app.add_middleware(KnownHosts, allowed=told.allowed_hosts)
    return app
