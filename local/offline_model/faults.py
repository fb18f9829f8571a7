"""Faults of the transport: what the server does instead of answering."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse

from local.offline_model.script import Fault

_JSON: Final = "application/json"
ANSWERED: Final[dict[str, tuple[int, str, str]]] = {
    "rate_limit": (429, "rate_limit_exceeded", "Rate limit reached."),
    "quota": (429, "insufficient_quota", "You exceeded your current quota."),
    "server_error": (500, "server_error", "The server had an error."),
    "unavailable": (503, "unavailable", "The engine is overloaded."),
    "key_refused": (401, "invalid_api_key", "Incorrect API key provided: {key}."),
    "unknown_model": (404, "model_not_found", "The model does not exist."),
    "context_too_long": (400, "context_length_exceeded", "Maximum context length exceeded."),
    "bad_request": (400, "invalid_value", "Invalid value."),
}
"""Status, code and message; OpenAI repeats a refused key, so this does too."""


def refused(
    status: int, code: str, message: str, headers: dict[str, str] | None = None
) -> Response:
    """An error in OpenAI's form."""
    error = {"message": message, "type": code, "param": None, "code": code}
    return JSONResponse({"error": error}, status, headers)


async def faulty(
    fault: Fault, request: Request, key: str, is_over: Callable[[], bool]
) -> Response | None:
    """The answer to a request that goes wrong; None if the reply does, and not the transport."""
    if fault.kind in ANSWERED:
        status, code, message = ANSWERED[fault.kind]
        asked = fault.retry_after
        headers = {} if asked is None else {"Retry-After": f"{asked:g}"}
        return refused(status, code, message.replace("{key}", key), headers)
    if fault.kind == "hang":
        while not is_over() and not await request.is_disconnected():
            await asyncio.sleep(0.02)
        return Response(status_code=503)
    endless = {"trickle": (b" ", 0.02), "flood": (b" " * 100_000, 0.0)}
    if fault.kind in endless:
        return StreamingResponse(_for_ever(*endless[fault.kind], is_over), media_type=_JSON)
    if fault.kind == "drop":
        return StreamingResponse(_cut(), media_type="text/event-stream")
    plain: dict[str, Callable[[], Response]] = {
        "redirect": lambda: RedirectResponse("http://169.254.169.254/latest/meta-data/", 307),
        "html": lambda: Response("<html>A portal of a network</html>", media_type="text/html"),
        "empty": lambda: JSONResponse({"choices": [], "output": []}),
        "bad_shape": lambda: JSONResponse({"choices": "none", "output": 7}),
    }
    make: Any = plain.get(fault.kind)
    return make() if make else None


async def _for_ever(part: bytes, wait: float, is_over: Callable[[], bool]) -> AsyncIterator[bytes]:
    """An answer that never comes to its end."""
    while not is_over():
        yield part
        await asyncio.sleep(wait)


async def _cut() -> AsyncIterator[bytes]:
    """The beginning of an answer, and then no connection."""
    yield b'data: {"choices": [{"index": 0, "del'
    raise ConnectionAbortedError("the script says so")
