"""The gateway as an ASGI application."""

from __future__ import annotations

import json
import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import anyio
import anyio.to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from local.gateway.authorizing import (
    AuthorizerFailedError,
    Authorizers,
    DemoCredentials,
    Invoke,
)
from local.gateway.payload import MalformedAnswerError, event_of, raw_path, response_of
from local.gateway.routes import Route, Routes

MAX_BODY: Final = 10_000_000
INTEGRATION_SECONDS: Final = 30.0

_BLOCKING_CALLS: Final = 64

_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RequestLine:
    """One answered request, for the live log."""

    method: str
    path: str
    status: int
    ms: int
    request_id: str


class Gateway:
    """Answers HTTP as API Gateway would, by invoking functions."""

    def __init__(
        self,
        routes: Routes,
        invoke: Invoke,
        demo: DemoCredentials,
        report: Callable[[RequestLine], None],
    ) -> None:
        self._routes = routes
        self._invoke = invoke
        self._demo = demo
        self._report = report
        self._authorizers = Authorizers(invoke)
        self._limiter: anyio.CapacityLimiter | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; anything but HTTP is for other gateways."""
        if scope["type"] != "http":
            return
        self._limiter = self._limiter or anyio.CapacityLimiter(_BLOCKING_CALLS)
        started = time.perf_counter()
        request_id = str(uuid.uuid4())
        request = Request(scope, receive)
        try:
            response = await self._answer(request, request_id)
        except ClientDisconnect:  # there is nobody to answer
            return
        response.headers["x-request-id"] = request_id
        ms = round((time.perf_counter() - started) * 1000)
        path = raw_path(scope)
        self._report(RequestLine(request.method, path, response.status_code, ms, request_id))
        await response(scope, receive, send)

    async def _answer(self, request: Request, request_id: str) -> Response:
        # Not the path of a URL: parsing one drops line ends, and another route would answer.
        found = self._routes.find(request.method, request.scope["path"])
        if found is None:
            return _message(404, "Not Found")
        route, parameters = found
        body = await _read(request)
        if body is None:
            return _message(413, "Request Too Long")
        headers: dict[str, str] = {}
        for name, value in request.headers.items():
            headers[name] = f"{headers[name]},{value}" if name in headers else value

        def call() -> Response:
            # A token of the demo is minted by a call that blocks, too.
            if route.authorizer:
                self._demo.apply(headers)
            event = event_of(request, body, headers, route, parameters, request_id)
            refusal = self._authorize(route, headers.get("authorization", ""), event)
            return refusal or self._integrate(route.function, event)

        with anyio.move_on_after(INTEGRATION_SECONDS):
            return await anyio.to_thread.run_sync(
                call, limiter=self._limiter, abandon_on_cancel=True
            )
        return _message(503, "Service Unavailable")

    def _authorize(self, route: Route, credentials: str, event: dict[str, Any]) -> Response | None:
        """Adds the caller's context to the event, or says why it goes no further."""
        if not route.authorizer:
            return None
        if not credentials:
            return _message(401, "Unauthorized")
        try:
            context = self._authorizers.context(route.authorizer, route.ttl, credentials, event)
        except AuthorizerFailedError as error:
            _log.warning("%s", error)
            return _message(500, "Internal Server Error")
        if context is None:
            self._demo.refused(credentials)
            return _message(403, "Forbidden")
        event["requestContext"]["authorizer"] = {"lambda": context}
        return None

    def _integrate(self, function: str, event: object) -> Response:
        result = self._invoke(function, json.dumps(event).encode())
        if not result.failed:
            try:
                return response_of(result.payload)
            except MalformedAnswerError as error:
                _log.warning("%s answered what is no response: %s", function, error)
                return _message(500, "Internal Server Error")
        if result.error()["errorType"] == "TooManyRequestsException":
            return _message(429, "Too Many Requests")
        return _message(500, "Internal Server Error")


async def _read(request: Request) -> bytes | None:
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        chunks.append(chunk)
        size += len(chunk)
        if size > MAX_BODY:
            return None
    return b"".join(chunks)


def _message(status: int, text: str) -> Response:
    return JSONResponse({"message": text}, status)
