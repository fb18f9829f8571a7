"""The last session with each platform, so that a `yes` in a second call is of the same talk."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Final

_FILE: Final = "chat-sessions.json"


def remembered(url: str) -> str | None:
    """The last session with this platform."""
    session = _read().get(url)
    return session if isinstance(session, str) else None


def remember(url: str, session: str) -> None:
    """Keeps it; where nothing can be written, the next call begins anew."""
    path = _path()
    if remembered(url) == session:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.write_text(json.dumps({**_read(), url: session}, indent=2) + "\n", "utf-8")
        path.chmod(0o600)
    except OSError:
        return


def _read() -> dict[str, object]:
    try:
        found = json.loads(_path().read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _path() -> Path:
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "millrace" / _FILE
