"""What a request must be before any route sees it: a host we answer to, a body of sane size.

Pure ASGI, because a middleware made of tasks costs more than the request.
"""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from functions.web.problems import problem


class KnownHosts:
    """Refuses requests for another Host: a page that rebinds its name to this one gets nothing."""

    def __init__(self, app: ASGIApp, allowed: Sequence[str]) -> None:
        self._app = app
        self._allowed = [host.lower() for host in allowed]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, or answers it."""
        if scope["type"] == "http" and not self._known(Headers(scope=scope).get("host", "")):
            detail = "This API does not answer to that Host; see the setting ALLOWED_HOSTS"
            entry = {"field": "Host", "problem": "unknown host", "fix": "use the API's own address"}
            await problem(400, "Unknown host", detail, errors=[entry])(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _known(self, host: str) -> bool:
        name = host.lower()
        if not name.endswith("]"):
            before, colon, port = name.rpartition(":")
            name = before if colon and port.isdigit() else name
        return any(
            name == allowed or ("*" in allowed and fnmatchcase(name, allowed))
            for allowed in self._allowed
        )


class BodyLimit:
    """Refuses bodies above a number of bytes, also those that do not say their length."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, or answers it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        messages: list[Message] = []
        size = 0
        more = True
        while more:
            message = await receive()
            messages.append(message)
            size += len(message.get("body", b""))
            more = message.get("more_body", False)
            if size > self._limit:
                await self._refuse(scope, receive, send)
                return
        held = iter(messages)

        async def replay() -> Message:
            return next(held, None) or await receive()

        await self._app(scope, replay, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        detail = f"The body has more than {self._limit} bytes"
        fix = f"send at most {self._limit} bytes"
        entry = {"field": "body", "problem": "too large", "fix": fix}
        await problem(413, "Body too large", detail, errors=[entry])(scope, receive, send)
