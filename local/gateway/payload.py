"""Payload format 2.0: a request as a function gets it, and an answer as a client gets it."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from local.gateway.routes import Route


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
    path = request.scope["raw_path"].decode("latin-1").partition("?")[0]
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route.key,
        "rawPath": path,
        "rawQueryString": request.url.query,
        "headers": {name: value for name, value in headers.items() if name != "cookie"},
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
    """The response that a function's answer means; an answer of another form is the body."""
    answer = json.loads(payload)
    if not isinstance(answer, dict) or "statusCode" not in answer:
        return Response(json.dumps(answer), media_type="application/json")
    body = str(answer.get("body") or "")
    content = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
    response = Response(content, int(answer["statusCode"]))
    del response.headers["content-length"]
    for name, value in answer.get("headers", {}).items():
        response.headers[name] = str(value)
    for cookie in answer.get("cookies", []):
        response.headers.append("set-cookie", cookie)
    if "content-length" not in response.headers and answer["statusCode"] != 204:
        response.headers["content-length"] = str(len(content))
    return response


def _body(body: bytes) -> dict[str, Any]:
    try:
        return {"body": body.decode()}
    except UnicodeDecodeError:
        return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
