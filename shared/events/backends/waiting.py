"""Messages that wait for a server to come back: within a bound, in order, with the gap told."""

from __future__ import annotations

import json
import logging
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition, Thread
from typing import Any

_log = logging.getLogger(__name__)


class Waiting:
    """Sends messages; once one fails, it and those after it wait, and a thread tries again.

    Of more messages than the bound the oldest are given up. Their channels are told first when the
    server is back, `{"type": "gap", "missed": 3}`, so that listeners read the timeline instead.
    """

    def __init__(self, send: Callable[[str, str], Any], most: int, retry: float) -> None:
        if most < 1:
            raise ValueError(f"waiting is {most}; keep one message or more")
        self._send = send
        self._most = most
        self._retry = retry
        self._kept: deque[tuple[str, str]] = deque()
        self._missed: Counter[str] = Counter()
        self._changed = Condition()
        self._thread: Thread | None = None
        self._closed = False

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def missed(self) -> int:
        """How many messages were given up and are not told yet."""
        return self._missed.total()

    def send(self, channel: str, message: str) -> None:
        """Sends now or keeps; never raises for a server that is away."""
        with self._changed:
            if not self._kept:
                try:
                    self._send(channel, message)
                except Exception as error:
                    _log.error("pub/sub is away, messages wait: %r", error)
                else:
                    return
            self._keep(channel, message)

    def catch_up(self) -> bool:
        """Sends what waits as far as it can; whether nothing waits any more."""
        with self._changed:
            try:
                self._tell_gaps()
                while self._kept:
                    self._send(*self._kept[0])
                    self._kept.popleft()
            except Exception as error:
                _log.debug("pub/sub is still away: %r", error)
                return False
            return True

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Holds sending back, e.g. until listeners are there again; publishers are held too."""
        with self._changed:
            yield

    def close(self) -> None:
        """Tries once more and ends the thread; what is left is told in the log."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join()
        if not self.catch_up():
            _log.error("pub/sub stayed away: %d messages lost", len(self._kept) + self.missed)

    def _keep(self, channel: str, message: str) -> None:
        if len(self._kept) == self._most:
            given_up, _ = self._kept.popleft()
            if not self._missed:
                _log.error("pub/sub is away: more than %d messages, oldest given up", self._most)
            self._missed[given_up] += 1
        self._kept.append((channel, message))
        if self._thread is None and not self._closed:
            self._thread = Thread(target=self._retrying, name="pub/sub", daemon=True)
            self._thread.start()

    def _retrying(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed, timeout=self._retry)
                waited = len(self._kept) + self.missed
                if self._closed or self.catch_up():
                    self._thread = None
                    break
        if not self._closed:
            _log.warning("pub/sub is back: %d messages caught up", waited)

    def _tell_gaps(self) -> None:
        for channel, missed in list(self._missed.items()):
            self._send(channel, json.dumps({"type": "gap", "missed": missed}))
            del self._missed[channel]
