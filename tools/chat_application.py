"""The assistant's routes as an application: for the documents, and for the tables of tests.

The functions themselves are without a framework; here the same handlers answer, so that what is
described is what is enforced.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Final, cast

from fastapi import APIRouter, Depends, FastAPI, Request, Response

from functions.web.access import Needs, publish
from functions.web.bare import BareHandler, Route

_TEXT: Final = {"type": "string"}
BODIES: Final[Mapping[str, dict[str, Any]]] = {
    "POST /chat/": {"message": _TEXT},
    "PUT /conversations/{conversation_id}/": {"title": _TEXT},
}
SUMMARIES: Final = {
    "POST /chat/": "Takes a message to the assistant; its answer is asked for by the task's id.",
    "GET /chat/status/{task_id}/": "How a message stands, with its answer in the end.",
    "POST /chat/clear/": "The assistant forgets what was said in the session.",
    "GET /conversations/": "One's own conversations, the newest first.",
    "POST /conversations/": "Begins a conversation.",
    "GET /conversations/{conversation_id}/": "A conversation.",
    "PUT /conversations/{conversation_id}/": "Gives a conversation another title.",
    "DELETE /conversations/{conversation_id}/": "Removes a conversation.",
    "GET /conversations/{conversation_id}/messages/": "What was said, the latest last.",
}


@dataclass(frozen=True)
class _Told(Needs):
    """Says what the function behind enforces, and enforces nothing itself."""

    async def __call__(self, request: Request) -> None:
        """Lets everybody through, to the function."""


def described() -> FastAPI:
    """The application as it is documented; nothing answers."""
    from functions.chat.routes import clear, conversations, status, submit
    from functions.chat.wiring import Services

    # Routes are made before anything is asked of their services.
    nowhere = cast("Services", SimpleNamespace(conversations=None))
    parts = (submit, status, clear, conversations)
    return application({key: one for part in parts for key, one in part.routes(nowhere).items()})


def application(serving: Mapping[str, Route], handler: BareHandler | None = None) -> FastAPI:
    """The routes, answered by `handler` if one is given."""
    app = FastAPI(
        title="Millrace chat", redirect_slashes=False, docs_url=None, redoc_url=None,
        openapi_url=None,
    )  # fmt: skip
    router = APIRouter()
    for key, route in serving.items():
        method, _, path = key.partition(" ")
        named = f"{key}/"
        router.add_api_route(
            f"{path}/",
            _answering(handler, key),
            methods=[method],
            name="_".join(re.findall(r"\w+", named.lower())),
            summary=SUMMARIES[named],
            dependencies=[Depends(_Told((route.right,)))],
            openapi_extra=_described(named, path),
        )
    app.include_router(router)
    publish(app)
    return app


def _described(named: str, path: str) -> dict[str, Any]:
    """What the function reads by itself."""
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    asked = [{"name": name, "in": "path", "required": True, "schema": _TEXT} for name in names]
    found: dict[str, Any] = {"parameters": asked} if asked else {}
    if body := BODIES.get(named):
        schema = {"type": "object", "properties": body, "required": list(body)}
        content = {"application/json": {"schema": schema}}
        found["requestBody"] = {"required": True, "content": content}
    return found


def _answering(handler: BareHandler | None, key: str) -> Callable[..., Any]:
    async def answer(request: Request) -> Response:
        if handler is None:
            return Response(status_code=501)
        told = handler(await _event(request, key), None)
        response = Response(str(told["body"]), int(told["statusCode"]))
        for name, value in told["headers"].items():
            response.headers[name] = value
        for cookie in told.get("cookies", ()):
            response.headers.append("set-cookie", cookie)
        return response

    return answer


async def _event(request: Request, key: str) -> dict[str, Any]:
    """The event of payload format 2.0."""
    given = request.scope.get("aws.event", {})
    headers = {name: value for name, value in request.headers.items() if name != "cookie"}
    cookies = request.headers.get("cookie", "")
    return {
        "requestContext": given.get("requestContext", {}),
        "routeKey": key,
        "rawPath": request.url.path,
        "headers": headers,
        "cookies": [part.strip() for part in cookies.split(";")] if cookies else [],
        "pathParameters": dict(request.path_params),
        "queryStringParameters": dict(request.query_params),
        "body": base64.b64encode(await request.body()).decode(),
        "isBase64Encoded": True,
    }
