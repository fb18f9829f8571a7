"""Every invocation ends in the Lambda host instead of Docker.

All of moto's paths to a function (the Invoke API, Step Functions, notifications) meet in one
method. An error is `Unhandled`, as AWS says of errors that a function raised; an Event invocation
is answered before the function ran, where moto waits for it and returns its result, and nobody but
the log hears that it failed; a payload that is falsy or a text reaches the function as it is.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable
from typing import Any

from moto.awslambda.models import LambdaFunction

from local.seams.replacing import replace

Invoke = Callable[[str, bytes], tuple[bytes, bool, str]]
"""Function name and payload; answers with payload, whether it is an error, and the log's tail."""

Failed = Callable[[str, bytes], None]
"""Told which function failed an event that nobody waits for, and its error."""

_invoke: Invoke = lambda name, payload: (b"null", False, "")  # noqa: E731
_failed: Failed = lambda name, error: None  # noqa: E731


def _invoke_request(
    self: Any, body: str | bytes | None, request_headers: Any, response_headers: dict[str, str]
) -> bytes:
    payload = body.encode() if isinstance(body, str) else body or b""
    kind = request_headers.get("x-amz-invocation-type", "RequestResponse")
    if kind == "DryRun":
        return b""
    given = (self.function_name, payload or b"{}")
    if kind == "Event":
        threading.Thread(target=_unattended, args=given, daemon=True, name=given[0]).start()
        return b""
    answer, failed, log = _invoke(*given)
    if failed:
        response_headers["x-amz-function-error"] = "Unhandled"
    response_headers["x-amz-log-result"] = base64.b64encode(log.encode()).decode()
    return answer


def _unattended(name: str, payload: bytes) -> None:
    answer, failed, _ = _invoke(name, payload)
    if failed:
        _failed(name, answer)


def install(invoke: Invoke, failed: Failed = lambda name, error: None) -> None:
    """Replaces how a function runs."""
    global _invoke, _failed
    _invoke, _failed = invoke, failed
    replace(LambdaFunction, invoke=_invoke_request)
