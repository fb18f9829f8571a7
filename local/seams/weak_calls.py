"""Calls of functions that are throttled, fail, or are acted on and not answered.

moto answers everything at once and for certain; what a function does when AWS does not can only be
seen where AWS does not.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from moto.core.responses import BaseResponse
from moto.s3.responses import S3Response

from local.seams.replacing import replace
from local.weakness import Fault

Draw = Callable[[str], Fault]
"""What becomes of a call, by its access key."""

_THROTTLING: Final = {
    "s3": (503, "SlowDown"),
    "sqs": (400, "RequestThrottled"),
}
_IN_XML: Final = {"iam", "s3", "ses", "sns", "sts"}
"""Services that answer in XML; others answer in JSON."""
_MESSAGE: Final = "drawn by --weak; try again"
_draw: Draw = lambda key: Fault.NONE  # noqa: E731


def _weakened(stock: Callable[..., Any]) -> Callable[..., Any]:
    """An entry point of moto's, whose requests may meet a fault."""

    def respond(self: Any, request: Any, full_url: str, headers: Any) -> Any:
        self.headers, self.querystring = request.headers, {}
        fault, service = _draw(self.get_access_key()), self.boto3_service_name
        if fault is Fault.THROTTLED:
            return _answer(service, *_THROTTLING.get(service, (400, "ThrottlingException")))
        if fault is Fault.UNAVAILABLE:
            return _answer(service, 503, "ServiceUnavailable")
        answer = stock(self, request, full_url, headers)
        # A refusal is heard: only success is in doubt.
        if fault is Fault.ANSWER_LOST and int(answer[0]) < 300:
            return _answer(service, 500, "InternalServerError")
        return answer

    return respond


_dispatch = _weakened(BaseResponse._dispatch)
# S3 has entry points of its own.
_of_s3 = {
    name: _weakened(getattr(S3Response, name)) for name in ("bucket_response", "key_response")
}


def _answer(service: str, status: int, code: str) -> tuple[int, dict[str, str], str]:
    if service in _IN_XML:
        error = f"<Error><Code>{code}</Code><Message>{_MESSAGE}</Message></Error>"
        wrapped = error if service == "s3" else f"<ErrorResponse>{error}</ErrorResponse>"
        return status, {"Content-Type": "text/xml"}, wrapped
    body = json.dumps({"__type": code, "message": _MESSAGE})
    return status, {"Content-Type": "application/x-amz-json-1.0"}, body


def install(draw: Draw) -> None:
    """Replaces how a request is dispatched."""
    global _draw
    _draw = draw
    replace(BaseResponse, _dispatch=_dispatch)
    replace(S3Response, **_of_s3)
