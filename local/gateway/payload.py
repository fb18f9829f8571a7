"""Payload format 2.0: a request as a function gets it, and an answer as a client gets it."""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from local.gateway.routes import Route

_HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE: Final = re.compile(r"[^\r\n\0]*")


class MalformedAnswerError(Exception):
    """A function's answer is no HTTP response; the message says what is wrong with it."""


def raw_path(scope: Scope) -> str:
    """The path as it was sent, still encoded."""
    sent: bytes = scope["raw_path"]
    return sent.decode("latin-1").partition("?")[0]


def event_of(
    request: Request,
    body: bytes,
    headers: Mapping[str, str],
    route: Route,
    parameters: Mapping[str, str],
    request_id: str,
) -> dict[str, Any]:
    """The event of a request; the authorizer's context is added by who asked the authorizer."""
    now = datetime.now(UTC)
    query: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        query[name] = f"{query[name]},{value}" if name in query else value
    path = raw_path(request.scope)
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route.key,
        "rawPath": path,
        "rawQueryString": request.scope["query_string"].decode("latin-1"),
        "headers": {
            **{name: value for name, value in headers.items() if name != "cookie"},
            # Said by API Gateway, whatever the client says; on a laptop it is no https.
            "x-forwarded-proto": request.url.scheme,
        },
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "local",
            "domainName": headers.get("host", ""),
            "http": {
                "method": request.method,
                "path": path,
                "protocol": f"HTTP/{request.scope['http_version']}",
                "sourceIp": request.client.host if request.client else "127.0.0.1",
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": request_id,
            "routeKey": route.key,
            "stage": "$default",
            "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": round(time.time() * 1000),
        },
        "isBase64Encoded": False,
    }
    if query:
        event["queryStringParameters"] = query
    if parameters:
        event["pathParameters"] = dict(parameters)
    if cookie := headers.get("cookie"):
        event["cookies"] = [part.strip() for part in cookie.split(";")]
    if body:
        event |= _body(body)
    return event


def response_of(payload: bytes) -> Response:
    """The response that a function's answer means; an answer of another form is the body.

    Raises:
        MalformedAnswerError: the answer has a status code, but the rest cannot be sent.
    """
    answer = json.loads(payload)
    if not isinstance(answer, dict) or "statusCode" not in answer:
        return Response(json.dumps(answer), media_type="application/json")
    try:
        return _response(answer)
    except (TypeError, ValueError) as error:
        raise MalformedAnswerError(str(error)) from error


def _response(answer: Mapping[str, Any]) -> Response:
    status = int(answer["statusCode"])
    if not 200 <= status <= 599:  # what is below 200 is no final answer
        raise ValueError(f"{status} is no status of an answer")
    body = str(answer.get("body") or "")
    content = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
    response = Response(content, status)
    del response.headers["content-length"]
    for name, value in dict(answer.get("headers") or {}).items():
        response.headers[name] = _header(name, str(value))
    for cookie in answer.get("cookies") or ():
        response.headers.append("set-cookie", _header("set-cookie", cookie))
    if "content-length" not in response.headers and status != 204:
        response.headers["content-length"] = str(len(content))
    return response


def _header(name: str, value: str) -> str:
    if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
        raise ValueError(f"header {name!r} cannot be sent")
    return value


def _body(body: bytes) -> dict[str, Any]:
    try:
        return {"body": body.decode()}
    except UnicodeDecodeError:
        return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
