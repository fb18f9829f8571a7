"""Paths with and without a trailing slash are the same path; nobody is redirected."""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send


class TrailingSlash:
    """Gives every path the slash that the routes are declared with.

    Declaring each route twice would cost a cold start half as much again as the routes do.
    """

    def __init__(self, app: ASGIApp, own: Callable[[str], str] = lambda path: path) -> None:
        """`own` gives our path for one of an older system."""
        self._app = app
        self._own = own

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""
        if scope["type"] == "http":
            path = self._own(scope["path"])
            scope = {**scope, "path": path if path.endswith("/") else f"{path}/"}
        await self._app(scope, receive, send)
