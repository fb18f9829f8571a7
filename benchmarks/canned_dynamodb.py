"""A DynamoDB that answers every operation with what it was told: real sockets, no work.

A process of its own, so that neither its processor time nor its lock is the measured side's.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

Answers = Mapping[str, Any]
"""By operation; a query that counts is `Count`."""


_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: %d\r\n\r\n"


class _Connection(asyncio.Protocol):
    def __init__(self, answers: Mapping[str, bytes]) -> None:
        self._answers = answers
        self._held = b""
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._held += data
        while (end := self._held.find(b"\r\n\r\n")) >= 0:
            head = self._held[:end].lower()
            length = int(head.partition(b"content-length:")[2].partition(b"\r")[0] or 0)
            whole = end + 4 + length
            if len(self._held) < whole:
                return
            body, self._held = self._held[end + 4 : whole], self._held[whole:]
            target = head.partition(b"x-amz-target: dynamodb_20120810.")[2].partition(b"\r")[0]
            operation = "count" if b'"COUNT"' in body else target.decode()
            self._transport.write(self._answers[operation])


async def _serve(answers: Answers) -> None:
    written = {}
    for operation, answer in answers.items():
        body = json.dumps(answer).encode()
        written[operation.lower()] = _HEAD % len(body) + body
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(written), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def canned(answers: Answers) -> Iterator[str]:
    """The address of a running one."""
    command = [sys.executable, "-m", __name__, json.dumps(answers)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.terminate()
        process.wait()
        if process.stdout:
            process.stdout.close()


if __name__ == "__main__":
    asyncio.run(_serve(json.loads(sys.argv[1])))
