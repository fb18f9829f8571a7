"""A small server with the assistant's routes: it tells what it was sent and answers as told."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SESSION = "0190aaaa-0000-7000-8000-000000000001"


def success(text: str, **more: Any) -> dict[str, Any]:
    result = {"ai_message": text, "function_results": [], "status": "success", **more}
    return {"state": "SUCCESS", "result": result}


def asking(text: str) -> dict[str, Any]:
    result = {"success": True, "requires_confirmation": True, "data": {"action_id": "act_1"}}
    call = {"function": "delete_lead", "arguments": {"lead_id": "1"}, "result": result}
    return success(text, function_results=[call])


def processing(text: str | None = None) -> dict[str, Any]:
    told = {"state": "PROCESSING", "status": "Processing your message..."}
    return told if text is None else {**told, "text": text}


PENDING = {"state": "PENDING", "status": "Task is waiting to be processed..."}


class AssistantServer:
    """Each message takes the next list of statuses; the last one of a list stays."""

    def __init__(self, *turns: list[dict[str, Any]]) -> None:
        self.turns = list(turns)
        self.said: list[tuple[str, str | None]] = []
        self.refusals: list[tuple[int, dict[str, Any], dict[str, str]]] = []
        self.polls = 0
        told = self

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if told.refusals:
                    self._answer(*told.refusals.pop(0))
                    return
                told.said.append((json.loads(body)["message"], self.headers.get("X-Chat-Session")))
                task = {"task_id": f"t-{len(told.said) - 1}", "status": "processing"}
                self._answer(200, task, {"X-Chat-Session": SESSION})

            def do_GET(self) -> None:
                if self.path.startswith("/conversations/"):
                    row = {"id": SESSION, "title": "find John", "last_at": "2026-01-15T10:30:00Z"}
                    self._answer(200, {"conversations": [row], "cursor": None}, {})
                    return
                told.polls += 1
                statuses = told.turns[int(self.path.strip("/").rpartition("-")[2])]
                self._answer(200, statuses[0] if len(statuses) == 1 else statuses.pop(0), {})

            def _answer(self, status: int, body: dict[str, Any], headers: dict[str, str]) -> None:
                sent = json.dumps(body).encode()
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(sent))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(sent)

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> AssistantServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
