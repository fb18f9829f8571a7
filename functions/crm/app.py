"""The CRM's application."""

from __future__ import annotations

from fastapi import FastAPI

from functions.crm.problems import ANSWERS
from functions.crm.routes import (
    dispatching,
    events,
    forms,
    health,
    leads,
    operations,
    pipelines,
    replays,
    suppressions,
    webhook_deliveries,
    webhook_endpoints,
)
from functions.crm.settings import CrmSettings
from functions.web.assembly import assemble
from shared.pipelines import paths

_EXPOSED = ["ETag", "Location", "X-Board-Totals", "X-Board-Cursors", "Idempotency-Replayed"]


def create_app(told: CrmSettings) -> FastAPI:
    """The application under given settings."""
    parts = (
        health, dispatching, events, forms, leads, pipelines, operations, replays,
        suppressions, webhook_deliveries, webhook_endpoints,
    )  # fmt: skip
    routers = [routes.router for routes in parts]
    app = assemble("Millrace CRM", routers, told, ANSWERS, exposed=_EXPOSED, own=paths.own)
    app.state.publish_per_minute = told.publish_per_minute
    return app
