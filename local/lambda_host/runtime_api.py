"""The Lambda Runtime API: where subprocesses ask for invocations and leave their answers."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from local.lambda_host.environment import Environment
from local.lambda_host.spec import InvocationResult

Find = Callable[[str], Environment | None]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    find: Find

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A subprocess that was killed resets its connection: no news, its environment knows."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Header and body in one packet, sent at once: otherwise every answer waits 40 ms for an ACK.
    wbufsize = 64 * 1024
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        """The next invocation; waits until there is one."""
        environment = self._environment()
        if environment is None:
            self._answer(404)
            return
        environment.ready.set()
        invocation = environment.waiting.get()
        if invocation is None:
            self.close_connection = True
            return
        arn = f"arn:aws:lambda:us-east-1:123456789012:function:{environment.spec.name}"
        headers = {
            "Content-Type": "application/json",  # Lambda's own client crashes without
            "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
            "Lambda-Runtime-Deadline-Ms": str(invocation.deadline_ms),
            "Lambda-Runtime-Invoked-Function-Arn": arn,
        }
        self._answer(200, headers, invocation.payload)

    def do_POST(self) -> None:
        """An answer, or an error of the function or of its imports."""
        environment = self._environment()
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = self.path.rsplit("/", 2)
        current = environment.current if environment else None
        if environment is not None and parts[-2:] == ["init", "error"]:
            environment.fail_init(body)
        elif current is not None and current.request_id == parts[-2]:
            current.end(InvocationResult(body, parts[-1] == "error", current.request_id))
        self._answer(202)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing: the platform has a log of its own."""

    def _environment(self) -> Environment | None:
        return self.server.find(self.path.split("/")[1])

    def _answer(
        self, status: int, headers: dict[str, str] | None = None, body: bytes = b""
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class RuntimeApi:
    """The API on a free port of the loopback address."""

    def __init__(self, find: Find) -> None:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.find = find
        self.address = f"127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True, name="runtime-api").start()

    def close(self) -> None:
        """Stops serving."""
        self._server.shutdown()
        self._server.server_close()
