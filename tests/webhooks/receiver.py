"""A webhook receiver on a real socket of this machine, which answers as it is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks.webhooks import Webhook

Answering = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    receiver: Receiver
    body: bytes

    def do_POST(self) -> None:
        self.body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.receiver.lock:
            answers = self.receiver.answers
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
            self.receiver.seen.append((dict(self.headers.items()), self.body))
        self.close_connection = True
        if isinstance(answer, int):
            self.answer(answer)
        else:
            answer(self)

    def answer(self, status: int, headers: dict[str, str] | None = None, body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:  # the sender hung up
            return

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


class Receiver:
    """Each request gets the next answer (a status, or what a function does); the last one stays."""

    def __init__(self, *answers: int | Answering) -> None:
        self.answers: list[int | Answering] = list(answers) or [200]
        self.seen: list[tuple[dict[str, str], bytes]] = []
        self.lock, self.over = threading.Lock(), threading.Event()
        handler = type("Bound", (Handler,), {"receiver": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/hooks"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self) -> Receiver:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def verified(self, secret: str, since: int = 0) -> list[Any]:
        """What came, each checked as a receiver does; raises WebhookVerificationError."""
        with self.lock:
            return [Webhook(secret).verify(body, headers) for headers, body in self.seen[since:]]
