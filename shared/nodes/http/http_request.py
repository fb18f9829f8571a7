"""Asks a server."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlencode, urlsplit, urlunsplit

from pydantic import BeforeValidator, Field, model_validator

from shared.graph import BlockingNode, Data, NodeContext, NodeFailedError
from shared.nodes.config import NodeConfig, Widget, json_value
from shared.nodes.connection_field import ConnectionId
from shared.nodes.example import Example
from shared.nodes.ports import CONNECTIONS, HTTP, Connections
from shared.platform.http.calls import Http, HttpAnswer, HttpCall, HttpTransportError

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]


def _parsed(value: Any) -> Any:
    """An object, also one that is written as JSON."""
    if isinstance(value, str) and "{{" not in value:
        return json_value(value) if value.strip() else {}
    return value


Texts = Annotated[dict[str, str | int | float | bool], BeforeValidator(_parsed), Widget("json")]


class HttpRequestConfig(NodeConfig):
    """What is asked."""

    method: Method = "GET"
    url: str = Field(min_length=1, max_length=2048, description="https://api.example.com/leads")
    headers: Texts = Field({}, description="By name")
    query_params: Texts = Field({}, description="Added to the address")
    body: Annotated[Any, Widget("textarea")] = Field(
        None, description="A text as it is; anything else is sent as JSON"
    )
    timeout_seconds: float = Field(30, ge=0.1, le=300, description="For all redirects together")
    connection: ConnectionId = Field(
        "", description="Whose credential is sent, to the hosts that the connection names"
    )
    auth_type: Literal["none", "basic", "bearer"] = Field(
        "none", description="Of older workflows: choose a connection instead"
    )
    username: str = ""
    password: Annotated[str, Widget("password")] = ""
    token: Annotated[str, Widget("password")] = ""
    redirects: int = Field(5, ge=0, le=10, description="How many are followed")
    max_bytes: int = Field(2_000_000, ge=1, le=4_000_000, description="Of the answer")
    fail_on: Literal["nothing", "transport", "status"] = Field(
        "nothing",
        description="Whether no answer, or also a status from 400 on, fails the node, so that "
        "it is tried again; otherwise the result says so",
    )

    @model_validator(mode="after")
    def _authenticated(self) -> Self:
        if self.connection and self.auth_type != "none":
            raise ValueError("auth_type: the connection authenticates; choose none")
        if self.auth_type == "basic" and not self.username:
            raise ValueError("username: basic authentication needs one")
        if self.auth_type == "bearer" and not self.token:
            raise ValueError("token: bearer authentication needs one")
        return self


class HttpRequestNode(BlockingNode[HttpRequestConfig]):
    """Only public servers are asked, on every redirect, and only those that the flow may ask."""

    type = "http-request"
    Config = HttpRequestConfig
    label = "HTTP request"
    description = "Asks a server and adds its answer"
    needs = frozenset({HTTP, CONNECTIONS})
    verbatim = frozenset({"connection"})
    secret_fields = frozenset({"password", "token", "headers"})
    result = {
        "status": "Of the answer; null without one",
        "headers": "Of the answer, names in lower case",
        "body": "JSON as data, text as text, anything else in Base64",
        "duration_ms": "Milliseconds until the whole answer was there",
        "error": "null, or {type, message} of why there was no answer",
    }
    example = Example(
        {"url": "https://api.example.com/leads", "query_params": {"name": "{{ data.name }}"}},
        {"name": "Ada"},
        {
            "http_request": {
                "status": 200,
                "headers": {"content-type": "application/json"},
                "body": {"asked": "GET https://api.example.com/leads?name=Ada"},
                "duration_ms": 12,
                "error": None,
            }
        },
    )

    async def execute(
        self, config: HttpRequestConfig, data: Data, context: NodeContext
    ) -> dict[str, Any]:
        """Sends; only what the configuration names fails the node."""
        try:
            answer = await _answer(config, context)
        except HttpTransportError as error:
            if config.fail_on != "nothing":
                raise
            told = {"type": error.error_type, "message": str(error)}
            return {"status": None, "headers": {}, "body": None, "duration_ms": 0, "error": told}
        if config.fail_on == "status" and answer.status >= 400:
            text = answer.body[:500].decode(errors="replace")
            raise NodeFailedError(f"HTTP{answer.status}", f"{answer.url} answered {text}")
        return {
            "status": answer.status,
            "headers": dict(answer.headers),
            "body": content(answer),
            "duration_ms": answer.duration_ms,
            "error": None,
        }


async def _answer(config: HttpRequestConfig, context: NodeContext) -> HttpAnswer:
    http: Http = context.ports[HTTP]
    if not config.connection:
        return await http.send(call_of(config))
    connections: Connections = context.ports[CONNECTIONS]
    return await connections.send(config.connection, call_of(config), http)


def call_of(config: HttpRequestConfig) -> HttpCall:
    """What is sent."""
    headers = {name: str(value) for name, value in config.headers.items()}
    named = {name.lower() for name in headers}
    body: bytes | None = None
    if isinstance(config.body, str):
        body = config.body.encode() if config.body else None
    elif config.body is not None:
        body = json.dumps(config.body, ensure_ascii=False).encode()
        if "content-type" not in named:
            headers["Content-Type"] = "application/json"
    if config.auth_type == "basic":
        pair = f"{config.username}:{config.password}".encode()
        headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    elif config.auth_type == "bearer":
        headers["Authorization"] = f"Bearer {config.token}"
    return HttpCall(
        config.method,
        _with_query(config.url, config.query_params),
        headers,
        body,
        config.timeout_seconds,
        config.max_bytes,
        config.redirects,
    )


def content(answer: HttpAnswer) -> Any:
    """The body as data, where it is JSON, else as text."""
    kind, _, more = answer.headers.get("content-type", "").partition(";")
    charset = more.partition("charset=")[2].partition(";")[0].strip(" \"'") or "utf-8"
    try:
        text = answer.body.decode(charset)
    except (LookupError, UnicodeDecodeError):
        return base64.b64encode(answer.body).decode()
    if kind.strip().lower().endswith("json"):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text


def _with_query(url: str, params: Mapping[str, Any]) -> str:
    if not params:
        return url
    parts = urlsplit(url)
    query = "&".join(filter(None, [parts.query, urlencode(params)]))
    return urlunsplit(parts._replace(query=query))
