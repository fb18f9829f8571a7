"""Requests of agents: to the servers that the flow names, and to no others."""

from __future__ import annotations

from typing import Final, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, Field

from shared.agents.tool import BaseTool, ToolArguments, ToolContext, ToolFailedError
from shared.nodes.ports import HTTP
from shared.platform.http.calls import Http, HttpCall
from shared.platform.http.egress import Egress

_MOST: Final = 1_000_000


class Header(BaseModel):
    """One header."""

    name: str = Field(max_length=200)
    value: str = Field(max_length=4_000)


class Asked(ToolArguments):
    """What is asked."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"] = "GET"
    url: str = Field(min_length=1, max_length=2_048, description="https://api.example.com/leads")
    headers: list[Header] = Field([], max_length=50)
    body: str | None = Field(None, description="A text, e.g. JSON")


class Answered(BaseModel):
    """What came back."""

    status: int
    content_type: str
    body: str
    url: str = Field(description="Behind all redirects")


class HttpRequest(BaseTool[Asked]):
    """The list of servers is no argument: the model cannot widen it."""

    name = "http_request"
    description = "Asks a server on the internet and gives its answer."
    Arguments = Asked
    Result = Answered
    needs = frozenset({HTTP})
    effects = True
    egress = True
    example = {"method": "GET", "url": "https://api.example.com/leads", "headers": []}

    async def execute(self, arguments: Asked, context: ToolContext) -> Answered:
        """Asks."""
        if not context.egress:
            raise ToolFailedError("EgressMissing", "no server may be asked; name them in egress")
        parts = urlsplit(arguments.url)
        Egress(hosts=context.egress).check_host(parts.scheme, parts.hostname or "")
        port: Http = context.ports[HTTP]
        headers = {header.name: header.value for header in arguments.headers}
        if arguments.method not in ("GET", "HEAD"):
            headers.setdefault("Idempotency-Key", context.idempotency_key)
        body = arguments.body.encode() if arguments.body else None
        call = HttpCall(
            arguments.method, arguments.url, headers, body, self.timeout, _MOST,
            hosts=context.egress,
        )  # fmt: skip
        answer = await port.send(call)
        return Answered(
            status=answer.status,
            content_type=answer.headers.get("content-type", ""),
            body=answer.body.decode(errors="replace"),
            url=answer.url,
        )
