"""What the offline model is told to answer, and what it was asked; the key names the script."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

_KEPT: Final = 500

FaultKind = Literal[
    "rate_limit", "quota", "server_error", "unavailable", "key_refused", "unknown_model",
    "context_too_long", "bad_request", "redirect", "hang", "drop",
    "trickle", "flood", "html", "empty", "bad_shape",
    "malformed_arguments", "unknown_tool", "prose", "tool_loop", "refusal", "cut_off",
]  # fmt: skip


class _Step(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Say(_Step):
    """A text."""

    do: Literal["say"] = "say"
    text: str


class Call(_Step):
    """A tool call; arguments that are text are sent as they are."""

    do: Literal["call"] = "call"
    name: str
    arguments: dict[str, Any] | str = Field(default_factory=dict)


class Fault(_Step):
    """Something that goes wrong."""

    do: Literal["fault"] = "fault"
    kind: FaultKind
    retry_after: float | None = None
    """Of `rate_limit`, in seconds."""


Step = Annotated[Say | Call | Fault, Field(discriminator="do")]


class Scripts:
    """Scripts by name; each step is used once, and `tool_loop` for ever."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._steps: dict[str, deque[Say | Call | Fault]] = {}
        self._asked: deque[tuple[str, dict[str, Any]]] = deque(maxlen=_KEPT)

    def put(self, name: str, steps: Sequence[Say | Call | Fault]) -> None:
        """Writes a script instead of what is left of it."""
        with self._lock:
            self._steps[name] = deque(steps)

    def remove(self, name: str) -> None:
        """Forgets a script and what was asked under its name."""
        with self._lock:
            self._steps.pop(name, None)
            self._asked = deque((a for a in self._asked if a[0] != name), maxlen=_KEPT)

    def next(self, name: str, body: dict[str, Any]) -> Say | Call | Fault | None:
        """Notes what was asked and gives the next step, if there is one."""
        with self._lock:
            self._asked.append((name, body))
            steps = self._steps.get(name)
            if not steps:
                return None
            endless = isinstance(steps[0], Fault) and steps[0].kind == "tool_loop"
            return steps[0] if endless else steps.popleft()

    def asked(self, name: str) -> list[dict[str, Any]]:
        """The bodies that were sent under a name, in order."""
        with self._lock:
            return [body for asked, body in self._asked if asked == name]
