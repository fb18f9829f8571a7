"""Identity's application."""

from __future__ import annotations

from fastapi import FastAPI

from functions.identity.problems import ANSWERS
from functions.identity.routes import accounts, audit, keys, members, public_keys, sessions, tenant
from functions.identity.settings import IdentitySettings
from functions.web.assembly import assemble
from shared.identity import paths


def create_app(told: IdentitySettings) -> FastAPI:
    """The application under given settings."""
    served = (sessions, accounts, members, keys, public_keys, tenant, audit)
    routers = [routes.router for routes in served]
    return assemble("Millrace identity", routers, told, ANSWERS, own=paths.own)
