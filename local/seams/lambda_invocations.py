"""Every invocation ends in the Lambda host instead of Docker.

All of moto's paths to a function (the Invoke API, Step Functions, its event sources) meet in one
method. An error is `Unhandled`, as AWS says of errors that a function raised.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from moto.awslambda.models import LambdaFunction

from local.seams.replacing import replace

Invoke = Callable[[str, bytes], tuple[bytes, bool, str]]
"""Function name and payload; answers with payload, whether it is an error, and the log's tail."""

_invoke: Invoke = lambda name, payload: (b"null", False, "")  # noqa: E731
_stock_invoke = LambdaFunction.invoke


def _invoke_lambda(self: Any, event: Any = None) -> tuple[str, bool, str]:
    # Requests bring text; some of moto's own callers bring what the text said.
    text = event if isinstance(event, str) else json.dumps(event or {})
    payload, failed, log = _invoke(self.function_name, text.encode())
    return payload.decode(), failed, log


def _invoke_request(
    self: Any, body: str, request_headers: Any, response_headers: dict[str, str]
) -> Any:
    answer = _stock_invoke(self, body, request_headers, response_headers)
    if "x-amz-function-error" in response_headers:
        response_headers["x-amz-function-error"] = "Unhandled"
    return answer


def install(invoke: Invoke) -> None:
    """Replaces how a function runs."""
    global _invoke
    _invoke = invoke
    replace(LambdaFunction, _invoke_lambda=_invoke_lambda, invoke=_invoke_request)
