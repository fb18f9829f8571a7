"""One message to the assistant and its answer: sent, waited for, shown as it comes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from millrace.api import Api, Document, part
from millrace.failing import CommandError

SESSION: Final = "x-chat-session"
"""The header that names a session; it carries no rights."""
LONGEST: Final = 330.0
"""Seconds; the platform itself gives a message up after five minutes."""
_FIRST: Final = 0.1
_SLOWEST: Final = 2.0
_SLOWER: Final = 1.4
_ENDED: Final = ("SUCCESS", "FAILURE")


@dataclass(frozen=True, slots=True)
class Turn:
    """What came of a message."""

    task_id: str
    session: str
    status: Document

    @property
    def result(self) -> Document:
        """What the assistant answered; nothing if the task failed."""
        return dict(self.status.get("result") or {})

    @property
    def text(self) -> str:
        """What it says."""
        return str(self.result.get("ai_message") or "")

    @property
    def error(self) -> str | None:
        """Why there is no answer, or none that was asked for."""
        if self.status["state"] == "FAILURE":
            return str(self.status.get("error") or "the assistant failed; send the message again")
        failed = self.result.get("status") == "error"
        return str(self.result.get("error") or "unknown error") if failed else None

    @property
    def asks(self) -> bool:
        """Whether something waits for a yes or no."""
        called: list[dict[str, Any]] = self.result.get("function_results") or []
        return any((each.get("result") or {}).get("requires_confirmation") for each in called)

    def as_json(self) -> Document:
        """The status with the ids to go on by."""
        return {"task_id": self.task_id, "session": self.session, **self.status}


def take_turn(
    api: Api,
    message: str,
    session: str | None,
    shown: Callable[[str], None],
    seconds: float = LONGEST,
) -> Turn:
    """Sends a message, hands each new piece of the answer to `shown`, gives the whole."""
    named = {SESSION.replace("-", "_"): session} if session else {}
    sent = api.exchange("/chat/", {"message": message}, **named)
    task_id = str(sent.document.get("task_id") or "")
    before = ""
    for status in _until_ended(api, task_id, seconds):
        text = str(status.get("text") or (status.get("result") or {}).get("ai_message") or "")
        if text and not text.startswith(before):
            # What was shown is not what it says now: that is shown whole, on a line of its own.
            shown("\n")
            before = ""
        if text:
            shown(text[len(before) :])
            before = text
    return Turn(task_id, sent.headers.get(SESSION) or session or "", status)


def _until_ended(api: Api, task_id: str, seconds: float) -> Iterator[Document]:
    """Each status until the last, asked ever more slowly while nothing comes."""
    until, wait, before = time.monotonic() + seconds, _FIRST, None
    while True:
        status = api.get(f"/chat/status/{part(task_id)}/")
        yield status
        if status.get("state") in _ENDED:
            return
        if time.monotonic() > until:
            raise CommandError(f"no answer came; `GET /chat/status/{task_id}/` tells if one does")
        wait = _FIRST if status != before else min(wait * _SLOWER, _SLOWEST)
        before = status
        time.sleep(wait)
