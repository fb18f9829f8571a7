"""The CRM's application."""

from __future__ import annotations

from fastapi import FastAPI

from functions.crm.problems import ANSWERS
from functions.crm.routes import events, forms, health, leads, operations, replays
from functions.crm.settings import CrmSettings
from functions.web.assembly import assemble

_EXPOSED = ["ETag", "Location", "X-Board-Totals", "X-Board-Cursors", "Idempotency-Replayed"]


def create_app(told: CrmSettings) -> FastAPI:
    """The application under given settings."""
    routers = [routes.router for routes in (health, events, forms, leads, operations, replays)]
    return assemble("Millrace CRM", routers, told, ANSWERS, exposed=_EXPOSED)
