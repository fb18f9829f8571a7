"""Mails that the laptop sends: files below the home folder, for their owner's eyes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

_KEPT: Final = 200
OPERATORS: Final = "operators@localhost"
"""Who operates a laptop: whoever reads its mails."""


class Mailbox:
    """The folder `mails`, the latest of them."""

    def __init__(self, home: Path, note: Callable[[str, str], None]) -> None:
        self._folder = home / "mails"
        self._note = note
        self._lock = threading.Lock()

    def keep(self, to: list[str], subject: str, body: str) -> None:
        """Writes a mail, says where, and gives the oldest up."""
        with self._lock:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            before = sorted(self._folder.glob("*.txt"))
            number = int(before[-1].stem) + 1 if before else 1
            path = self._folder / f"{number:06d}.txt"
            path.touch(mode=0o600)
            path.write_text(f"To: {', '.join(to)}\nSubject: {subject}\n\n{body}", encoding="utf-8")
            for old in before[: max(0, len(before) + 1 - _KEPT)]:
                old.unlink()
        self._note("mail", f"{subject!r} to {', '.join(to)}: {path}")
