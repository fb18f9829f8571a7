"""HTTP whose answers have an end, in bytes and in time: a provider may send for ever."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Final

import httpx2

from shared.llm.errors import OversizedAnswerError

MOST_BYTES: Final = 8_000_000
"""No model writes that much in one answer; its longest is about a tenth of it."""


class BoundedTransport(httpx2.BaseTransport):
    """Breaks an answer off that is too large or takes too long as a whole."""

    def __init__(
        self,
        provider: str,
        onward: httpx2.BaseTransport,
        seconds: float,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._provider = provider
        self._onward = onward
        self._seconds = seconds
        self._now = now

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Sends a request and watches over its answer."""
        until = self._now() + self._seconds
        answer = self._onward.handle_request(request)
        stream = answer.stream
        if isinstance(stream, httpx2.SyncByteStream):
            answer.stream = _Bounded(stream, self._watched(stream, until, request))
        return answer

    def _watched(
        self, parts: httpx2.SyncByteStream, until: float, request: httpx2.Request
    ) -> Iterator[bytes]:
        left = MOST_BYTES
        for part in parts:
            left -= len(part)
            if left < 0:
                raise OversizedAnswerError(self._provider)
            if self._now() > until:
                raise httpx2.ReadTimeout("the whole answer takes too long", request=request)
            yield part


class _Bounded(httpx2.SyncByteStream):
    def __init__(self, stream: httpx2.SyncByteStream, parts: Iterator[bytes]) -> None:
        self._stream = stream
        self._parts = parts

    def __iter__(self) -> Iterator[bytes]:
        return self._parts

    def close(self) -> None:
        self._stream.close()
