"""Paths with and without a trailing slash are the same path; nobody is redirected."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


class TrailingSlash:
    """Gives every path the slash that the routes are declared with.

    Declaring each route twice would cost a cold start half as much again as the routes do.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""
        if scope["type"] == "http" and not scope["path"].endswith("/"):
            scope = {**scope, "path": f"{scope['path']}/"}
        await self._app(scope, receive, send)
