"""An authorization server with an API behind it, on a real socket of this machine."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import itertools
import json
import socket
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, quote, urlencode

import pytest
import uvicorn

from shared.platform.http import CheckedHttp, Egress
from tests.fakes.connections import ConnectionWorld

CLIENT, SECRET = "millrace:acme", "cl1ent-s3cret/+&"


class Service:
    """Gives tokens as RFC 6749 and 7636 say, rotates refresh tokens, and counts what it does."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self.url = f"http://{self.host}"
        config = uvicorn.Config(self._app, log_level="error", lifespan="off", interface="asgi3")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._server.serve(sockets=[self._socket]))
        )
        self.reset()

    def reset(self) -> None:
        self.numbers = itertools.count(1)
        self.codes: dict[str, dict[str, str]] = {}
        self.access: set[str] = set()
        self.refresh: set[str] = set()
        self.asked: list[dict[str, str]] = []
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.expires_in: Any = 3600
        self.rotates, self.takes = True, 0.0
        self.answers: list[tuple[int, bytes]] = []

    def __enter__(self) -> Service:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        query = {k: v[0] for k, v in parse_qs(scope["query_string"].decode()).items()}
        kind, _, rest = scope["path"][1:].partition("/")
        status, text, extra = await getattr(self, f"do_{kind}")(rest, query, headers, body)
        told = [(name.encode(), value.encode()) for name, value in extra.items()]
        await send({"type": "http.response.start", "status": status, "headers": told})
        await send({"type": "http.response.body", "body": text})

    async def do_authorize(self, rest: str, query: Any, headers: Any, body: bytes) -> Any:
        """The person agrees at once."""
        code = f"c0de-{next(self.numbers)}"
        self.codes[code] = query
        back = {"code": code, "state": query["state"]}
        return 302, b"", {"location": f"{query['redirect_uri']}?{urlencode(back)}"}

    async def do_token(self, rest: str, query: Any, headers: Any, body: bytes) -> Any:
        form = {k: v[0] for k, v in parse_qs(body.decode()).items()}
        self.asked.append(form)
        await asyncio.sleep(self.takes)
        if self.answers:
            status, text = self.answers.pop(0)
            return status, text, {"content-type": "application/json"}
        wrong = self._wrong(form, headers)
        if wrong:
            return 400, json.dumps({"error": wrong, "error_description": SECRET}).encode(), {}
        return 200, json.dumps(self._given(form)).encode(), {"content-type": "application/json"}

    def _wrong(self, form: dict[str, str], headers: dict[str, str]) -> str | None:
        pair = f"{quote(CLIENT, safe='')}:{quote(SECRET, safe='')}".encode()
        basic = f"Basic {base64.b64encode(pair).decode()}"
        in_body = (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
        if headers.get("authorization") != basic and not in_body:
            return "invalid_client"
        if form["grant_type"] == "refresh_token":
            return None if form["refresh_token"] in self.refresh else "invalid_grant"
        if form["grant_type"] == "client_credentials":
            return None
        begun = self.codes.pop(form["code"], None)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        same = begun and (begun["code_challenge"], begun["redirect_uri"]) == (
            challenge, form["redirect_uri"],
        )  # fmt: skip
        return None if same else "invalid_grant"

    def _given(self, form: dict[str, str]) -> dict[str, Any]:
        number = next(self.numbers)
        told: dict[str, Any] = {"access_token": f"acc3ss-{number}", "token_type": "bearer"}
        self.access.add(told["access_token"])
        if self.expires_in is not None:
            told["expires_in"] = self.expires_in
        if form["grant_type"] == "authorization_code" or (
            form["grant_type"] == "refresh_token" and self.rotates
        ):
            self.refresh.discard(form.get("refresh_token", ""))
            told["refresh_token"] = f"r3fresh-{number}"
            self.refresh.add(told["refresh_token"])
        return told

    async def do_api(self, rest: str, query: Any, headers: Any, body: bytes) -> Any:
        """Says everything back that it was sent."""
        self.seen.append((rest, headers))
        token = headers.get("authorization", "").removeprefix("Bearer ")
        status = 200 if token in self.access or rest == "open" else 401
        told = {"headers": headers, "query": query, "body": body.decode()}
        return status, json.dumps(told).encode(), {"x-repeated": token}

    async def do_to(self, rest: str, query: Any, headers: Any, body: bytes) -> Any:
        self.seen.append((f"to/{rest}", headers))
        return 302, b"", {"location": query["where"]}


@pytest.fixture(scope="module")
def _service() -> Iterator[Service]:
    with Service() as made:
        yield made


@pytest.fixture
def service(_service: Service) -> Service:
    _service.reset()
    return _service


@pytest.fixture
def world() -> ConnectionWorld:
    return ConnectionWorld(CheckedHttp(Egress(private=True)), private=True)
