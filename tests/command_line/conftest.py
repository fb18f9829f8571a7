"""The command line as a user runs it, and the CRM's own application behind a real socket."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import uvicorn
from typer.testing import CliRunner, Result

from millrace.main import app
from tests.unit.crm.conftest import Crm

ROLES = {"": "admin", "Bearer rep": "sales_rep", "Api-Key mr_key": "manager"}


class Served(Crm):
    """The application on a port of its own, behind what API Gateway does in front of it."""

    def __init__(self) -> None:
        super().__init__()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(self._gateway, log_level="error", lifespan="off", interface="asgi3")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._server.serve(sockets=[self._socket]))
        )

    def __enter__(self) -> Served:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()

    async def _gateway(self, scope: Any, receive: Any, send: Any) -> None:
        headers = {name: value.decode() for name, value in scope["headers"]}
        role = ROLES.get(headers.get(b"authorization", ""))
        if role is None:
            await send({"type": "http.response.start", "status": 401, "headers": []})
            await send({"type": "http.response.body", "body": b'{"message":"Unauthorized"}'})
            return
        context = {"tenant": "acme", "subject": "jo", "role": role}
        event = {"requestContext": {"requestId": "r-1", "authorizer": {"lambda": context}}}
        await self.app({**scope, "aws.event": event}, receive, send)


@pytest.fixture
def served() -> Iterator[Served]:
    with Served() as made:
        yield made


@pytest.fixture
def millrace(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs a command as if it was typed."""
    for name in ("URL", "TOKEN", "AWS_URL", "SOURCE"):
        monkeypatch.delenv(f"MILLRACE_{name}", raising=False)

    def run(*arguments: object, **how: Any) -> Result:
        return CliRunner().invoke(app, [str(part) for part in arguments], **how)

    return run


@pytest.fixture
def closed_url() -> str:
    """An address of this machine where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


class Scripted:
    """A server that gives the same page, or one answer after the other; the last one stays."""

    def __init__(self, *answers: tuple[int, bytes]) -> None:
        self.asked: list[str] = []
        told = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, body = answers[min(len(told.asked), len(answers) - 1)]
                told.asked.append(f"{self.command} {self.path}")
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                self.do_GET()

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Scripted:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def stranger() -> Iterator[str]:
    """A server that is no Millrace: it answers everything with a page."""
    with Scripted((200, b"<html>hello</html>")) as server:
        yield server.url
