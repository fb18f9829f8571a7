"""Calls of functions that are throttled, fail, or are acted on and not answered.

moto answers everything at once and for certain; what a function does when AWS does not can only be
seen where AWS does not.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from moto.core.responses import BaseResponse

from local.seams.replacing import replace
from local.weakness import Fault

Draw = Callable[[str], Fault]
"""What becomes of a call, by its access key."""

_THROTTLING: Final = {
    "dynamodb": "ThrottlingException",
    "sqs": "RequestThrottled",
}
_stock_dispatch = BaseResponse._dispatch
_draw: Draw = lambda key: Fault.NONE  # noqa: E731


def _dispatch(self: Any, request: Any, full_url: str, headers: Any) -> Any:
    self.headers, self.querystring = request.headers, {}
    fault = _draw(self.get_access_key())
    if fault is Fault.THROTTLED:
        return _answer(400, _THROTTLING.get(self.boto3_service_name, "ThrottlingException"))
    if fault is Fault.UNAVAILABLE:
        return _answer(503, "ServiceUnavailable")
    answer = _stock_dispatch(self, request, full_url, headers)
    # A refusal is heard: only success is in doubt.
    if fault is Fault.ANSWER_LOST and int(answer[0]) < 300:
        return _answer(500, "InternalServerError")
    return answer


def _answer(status: int, code: str) -> tuple[int, dict[str, str], str]:
    body = json.dumps({"__type": code, "message": "drawn by --weak; try again"})
    return status, {"Content-Type": "application/x-amz-json-1.0"}, body


def install(draw: Draw) -> None:
    """Replaces how a request is dispatched."""
    global _draw
    _draw = draw
    replace(BaseResponse, _dispatch=_dispatch)
