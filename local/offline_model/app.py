"""The HTTP application: both APIs, the list of models, and the scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import ModuleType
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from local.offline_model import chat, responses
from local.offline_model.conversation import BadRequestError
from local.offline_model.faults import faulty, refused
from local.offline_model.grammars import Grammars
from local.offline_model.replying import scripted, unscripted
from local.offline_model.script import Fault, Scripts, Step

MODEL: Final = "offline"
"""The model in the list; any other name is answered too."""
DEFAULT: Final = "default"
"""The script of keys that name none of their own."""


class _Script(BaseModel):
    model_config = ConfigDict(extra="forbid")
    steps: list[Step]


def application(scripts: Scripts, grammars: Grammars, is_over: Callable[[], bool]) -> Starlette:
    """The application; `is_over` tells a request that hangs to give up."""
    served = _Served(scripts, grammars, is_over)
    return Starlette(
        routes=[
            Route("/v1/chat/completions", partial(served.answer, chat), methods=["POST"]),
            Route("/v1/responses", partial(served.answer, responses), methods=["POST"]),
            Route("/v1/models", _models, methods=["GET"]),
            Route("/scripts/{name}", served.script, methods=["GET", "PUT", "DELETE"]),
        ],
        # A page of another name that leads here must not write scripts.
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["localhost", "127.0.0.1"])],
    )


class _Served:
    def __init__(self, scripts: Scripts, grammars: Grammars, is_over: Callable[[], bool]) -> None:
        self._scripts = scripts
        self._grammars = grammars
        self._is_over = is_over

    async def answer(self, form: ModuleType, request: Request) -> Response:
        """A request of either API."""
        key = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not key:
            return refused(401, "invalid_api_key", "You didn't provide an API key.")
        try:
            body = await _body(request)
            asked = form.asked(body)
        except (BadRequestError, AttributeError, KeyError, TypeError) as error:
            return refused(400, "invalid_request_error", str(error))
        step = self._scripts.next(key, body) or self._scripts.next(DEFAULT, body)
        if isinstance(step, Fault):
            broken = await faulty(step, request, key, self._is_over)
            if broken is not None:
                return broken
        reply = scripted(step, asked) if step else unscripted(asked, self._grammars)
        if body.get("stream"):
            sent: Iterator[str] = form.events(reply, asked)
            return StreamingResponse(sent, media_type="text/event-stream")
        return JSONResponse(form.whole(reply, asked))

    async def script(self, request: Request) -> Response:
        """What is done with a script: written, forgotten, or shown what was asked under it."""
        name = request.path_params["name"]
        if request.method == "GET":
            return JSONResponse({"asked": self._scripts.asked(name)})
        if request.method == "DELETE":
            self._scripts.remove(name)
            return Response(status_code=204)
        try:
            steps = _Script.model_validate(await _body(request)).steps
        except (BadRequestError, ValidationError) as error:
            return refused(422, "invalid_script", str(error))
        self._scripts.put(name, steps)
        return Response(status_code=204)


async def _models(_: Request) -> Response:
    model = {"id": MODEL, "object": "model", "created": 0, "owned_by": "millrace"}
    return JSONResponse({"object": "list", "data": [model]})


async def _body(request: Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        raise BadRequestError("We could not parse the JSON body of your request.") from None
    if not isinstance(body, Mapping):
        raise BadRequestError("The body of a request is a JSON object.")
    return dict(body)
