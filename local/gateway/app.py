"""The gateway as an ASGI application."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from local.gateway.authorizing import (
    AuthorizerFailedError,
    Authorizers,
    DemoCredentials,
    Invoke,
)
from local.gateway.payload import event_of, response_of
from local.gateway.routes import Routes

MAX_BODY: Final = 10_000_000
INTEGRATION_SECONDS: Final = 30.0

_BLOCKING_CALLS: Final = 64


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
        response = await self._answer(request, request_id)
        response.headers["x-request-id"] = request_id
        ms = round((time.perf_counter() - started) * 1000)
        line = RequestLine(request.method, request.url.path, response.status_code, ms, request_id)
        self._report(line)
        await response(scope, receive, send)

    async def _answer(self, request: Request, request_id: str) -> Response:
        found = self._routes.find(request.method, request.url.path)
        if found is None:
            return _message(404, "Not Found")
        route, parameters = found
        body = await _read(request)
        if body is None:
            return _message(413, "Request Too Long")
        headers: dict[str, str] = {}
        for name, value in request.headers.items():
            headers[name] = f"{headers[name]},{value}" if name in headers else value
        if route.authorizer:
            self._demo.apply(headers)
            if not headers.get("authorization"):
                return _message(401, "Unauthorized")
        event = event_of(request, body, headers, route, parameters, request_id)

        def call() -> Response:
            if route.authorizer:
                try:
                    context = self._authorizers.context(
                        route.authorizer, route.ttl, headers["authorization"], event
                    )
                except AuthorizerFailedError:
                    return _message(500, "Internal Server Error")
                if context is None:
                    return _message(403, "Forbidden")
                event["requestContext"]["authorizer"] = {"lambda": context}
            return self._integrate(route.function, event)

        with anyio.move_on_after(INTEGRATION_SECONDS):
            return await anyio.to_thread.run_sync(
                call, limiter=self._limiter, abandon_on_cancel=True
            )
        return _message(503, "Service Unavailable")

    def _integrate(self, function: str, event: object) -> Response:
        result = self._invoke(function, json.dumps(event).encode())
        if not result.failed:
            return response_of(result.payload)
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
