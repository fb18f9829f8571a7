"""What a request must be before any route sees it: a host we answer to, a body of sane size.

Pure ASGI, because a middleware made of tasks costs more than the request.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from functions.web.problems import problem
from functions.web.rules import halves_a_character, known_host, own_page

_ANY_ORIGIN: Final = {"Access-Control-Allow-Origin": "*"}
_SAFE: Final = ("GET", "HEAD", "OPTIONS")


class KnownHosts:
    """Refuses requests for another Host: a page that rebinds its name to this one gets nothing."""

    def __init__(self, app: ASGIApp, allowed: Sequence[str]) -> None:
        self._app = app
        self._allowed = [host.lower() for host in allowed]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, or answers it."""
        if scope["type"] == "http" and not known_host(
            Headers(scope=scope).get("host", ""), self._allowed
        ):
            detail = "This API does not answer to that Host; see the setting ALLOWED_HOSTS"
            entry = {"field": "Host", "problem": "unknown host", "fix": "use the API's own address"}
            await problem(400, "Unknown host", detail, errors=[entry])(scope, receive, send)
            return
        await self._app(scope, receive, send)


class OwnPages:
    """Refuses a change that another page's browser sends with our cookies.

    Rights never come from a cookie; whatever else one may stand for, e.g. a chat's session, is the
    page's own too. A request without cookies, or from no page, is none of this guard's business.
    """

    def __init__(self, app: ASGIApp, allowed: Sequence[str]) -> None:
        self._app = app
        self._allowed = frozenset(allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, or answers it."""
        if scope["type"] == "http" and scope["method"] not in _SAFE:
            headers = Headers(scope=scope)
            if "cookie" in headers and not own_page(headers, self._allowed):
                detail = "A page of another origin may not change anything with these cookies"
                fix = "send the request without cookies, or allow the origin in ALLOWED_ORIGINS"
                entry = {"field": "Origin", "problem": "another page", "fix": fix}
                await problem(403, "Another page", detail, errors=[entry])(scope, receive, send)
                return
        await self._app(scope, receive, send)


class AnyPage:
    """Lets pages of any origin use the paths below some prefixes, and never with credentials."""

    def __init__(self, app: ASGIApp, prefixes: Sequence[str]) -> None:
        self._app = app
        self._prefixes = tuple(prefixes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, or answers a preflight."""
        if scope["type"] != "http" or not scope["path"].startswith(self._prefixes):
            await self._app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS":
            allowed = {"Access-Control-Allow-Methods": "POST", "Access-Control-Max-Age": "600",
                       "Access-Control-Allow-Headers": "Content-Type"}  # fmt: skip
            answer = Response(status_code=204, headers={**_ANY_ORIGIN, **allowed})
            await answer(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_ANY_ORIGIN)
                del headers["access-control-allow-credentials"]
            await send(message)

        await self._app(scope, receive, sending)


class BodyLimit:
    """Refuses bodies above a number of bytes, also those that do not say their length.

    As the whole body is at hand here, JSON with half a character is refused as well.
    """

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
        if _halves_a_character(scope, messages):
            await self._refuse_half(scope, receive, send)
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

    async def _refuse_half(self, scope: Scope, receive: Receive, send: Send) -> None:
        detail = "A text of the body has half a character: a surrogate without its other half"
        entry = {"field": "body", "problem": "half a character", "fix": "send whole characters"}
        await problem(400, "Invalid request", detail, errors=[entry])(scope, receive, send)


def _halves_a_character(scope: Scope, messages: Sequence[Message]) -> bool:
    """Whether a body of JSON does."""
    if "json" not in Headers(scope=scope).get("content-type", ""):
        return False
    return halves_a_character(b"".join(message.get("body", b"") for message in messages))
