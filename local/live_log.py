"""The live log: a line per request, delivery and failure, with ids to follow, never a payload."""

from __future__ import annotations

import json
import sys
import threading
from datetime import datetime
from typing import Final, TextIO

from rich.console import Console
from rich.text import Text

from local.gateway.app import RequestLine

_STYLES: Final = {"WARNING": "yellow", "ERROR": "red", "CRITICAL": "red"}
_HIDDEN: Final = frozenset(
    {"level", "location", "message", "timestamp", "service", "sampling_rate", "exception",
     "exception_name", "stack_trace", "xray_trace_id"}
)  # fmt: skip


class LiveLog:
    """Writes lines; colours where a person reads along."""

    def __init__(self, stream: TextIO | None = None, *, quiet: bool = False) -> None:
        self._console = Console(file=stream or sys.stdout, highlight=False, soft_wrap=True)
        self._quiet = quiet
        self._lock = threading.Lock()

    def say(self, text: str) -> None:
        """A line as it is."""
        self._print(Text(text))

    def request(self, line: RequestLine) -> None:
        """An answered request."""
        style = "green" if line.status < 400 else "yellow" if line.status < 500 else "red"
        head = f"{line.method:6} {line.path}"
        self._line("http", f"{head}  {line.status}  {line.ms} ms  {line.request_id}", style)

    def note(self, about: str, text: str) -> None:
        """What delivery did, where nobody asked for it."""
        self._line(about, text, "")

    def report(self, about: str, text: str) -> None:
        """What delivery has to say."""
        self._line(about, text, "red")

    def function(self, name: str, line: str) -> None:
        """A line that a function wrote: structured ones by their fields, others as they are."""
        try:
            entry = json.loads(line)
            level, message = entry["level"], entry["message"]
        except (ValueError, KeyError, TypeError):
            if line.strip():
                self._line(name, line, "dim")
            return
        fields = " ".join(f"{k}={v}" for k, v in entry.items() if k not in _HIDDEN)
        error = f" {entry['exception_name']}" if "exception_name" in entry else ""
        self._line(name, f"{message}{error} {fields}", _STYLES.get(level, ""))

    def _line(self, about: str, text: str, style: str) -> None:
        stamp = datetime.now().astimezone().strftime("%H:%M:%S")
        self._print(Text.assemble((f"{stamp} ", "dim"), (f"{about:28.28} ", "cyan"), (text, style)))

    def _print(self, text: Text) -> None:
        if not self._quiet:
            with self._lock:
                self._console.print(text)
