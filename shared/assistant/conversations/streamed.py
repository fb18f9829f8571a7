"""The text of an answer while it comes: shown by the status, written now and then."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

from shared.assistant.conversations import task as rows
from shared.assistant.conversations.places import Places
from shared.assistant.conversations.task import Task
from shared.platform.log import logger
from shared.platform.tables import Put

EVERY: Final = 0.5
"""Seconds between two writes."""
MOST: Final = 20_000
"""Characters that are shown while more come; the answer itself is whole."""
_SORT: Final = "text"

log = logger("chat")


class StreamedText:
    """Takes pieces of the answer to one task, from whichever thread they come."""

    def __init__(
        self, at: Places, task: Task, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._at, self._task, self._monotonic = at, task, monotonic
        self._text, self._written = "", 0.0
        self._lock = threading.Lock()

    def __call__(self, piece: str) -> None:
        """One more piece; what cannot be written is shown later, or never."""
        with self._lock:
            if len(self._text) >= MOST:
                return
            self._text = (self._text + piece)[:MOST]
            now = self._monotonic()
            if self._written and now - self._written < EVERY:
                return
            self._written = now
            try:
                self._write()
            except Exception as error:  # what was streamed is a convenience
                log.warning("not streamed", error_type=type(error).__name__)

    def _write(self) -> None:
        item = {
            **_key(self._task),
            "fence": self._task.fence,
            "text": self._text,
            "expires_at": rows.expiry(self._task.deadline),
        }
        self._at.tables.transact([Put(self._at.table, item)])


def text_so_far(at: Places, task: Task) -> str:
    """What the worker that has the task streamed; nothing of one that was given up."""
    item = at.tables.get(at.table, _key(task))
    return str(item["text"]) if item and item["fence"] == task.fence else ""


def _key(task: Task) -> dict[str, str]:
    return {"pk": rows.partition(task.tenant, task.id), "sk": _SORT}
