"""Text from records is data: short fields are made plain, free text is fenced and marked.

A name of a few ordinary words is shown as it is, or nobody could say whom they mean. One that is
longer, or has what names have not, counts as free text.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from typing import Any, Final

_SHORT: Final = 60
_WORDS: Final = 6
_STRANGE: Final = re.compile(r"[<>{}\[\]`|\\«»]|://|\$\(|[!?;:]\s")
_BEGINNING: Final = re.compile(r"[\w .,&-]{0,20}")
_SPACES: Final = re.compile(r"\s+")


def plain(text: str, most: int = 80) -> str:
    """One line without control, format and invisible characters, of bounded length."""
    kept = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text)
    line = _SPACES.sub(" ", kept).strip()
    return line if len(line) <= most else f"{line[: most - 1]}…"


def named(name: str) -> str:
    """A name within a sentence of ours; of one that could be taken for a part of it, the start."""
    if is_short(name):
        return plain(name)
    start = _BEGINNING.match(plain(name))
    return f"{start[0].strip() if start else ''}…"


def is_short(text: str) -> bool:
    """Whether a text is like a name: few words of one line, and nothing that names have not."""
    return (
        len(text) <= _SHORT
        and len(text.split()) <= _WORDS
        and not _STRANGE.search(text)
        and text == plain(text)
    )


class Fence:
    """Marks of one turn that no record can forge: they hold a secret, and records lose the rest."""

    def __init__(self, token: str) -> None:
        self._begin, self._end = f"«record text {token}»", f"«end {token}»"
        self.token = token

    @classmethod
    def drawn(cls) -> Fence:
        """A new one."""
        return cls(secrets.token_hex(6))

    def around(self, text: str) -> str:
        """The text between the marks, without anything that looks like one."""
        inner = text.replace("«", "\u2039").replace("»", "\u203a").replace(self.token, "…")
        return f"{self._begin}{inner}{self._end}"

    def fenced(self, value: Any, fields: frozenset[str], name: str = "") -> Any:
        """A result with its free text fenced: that of `fields`, and all that is not short."""
        if isinstance(value, dict):
            return {key: self.fenced(part, fields, key) for key, part in value.items()}
        if isinstance(value, list):
            return [self.fenced(part, fields, name) for part in value]
        if isinstance(value, str) and _is_free(value, name, fields):
            return self.around(value)
        return value


def has_free_text(value: Any, fields: frozenset[str], name: str = "") -> bool:
    """Whether a result shows text that somebody outside may have written at length."""
    if isinstance(value, dict):
        return any(has_free_text(part, fields, key) for key, part in value.items())
    if isinstance(value, list):
        return any(has_free_text(part, fields, name) for part in value)
    return isinstance(value, str) and _is_free(value, name, fields)


_OURS: Final = frozenset(
    {"id", "status", "message", "reason", "created_at", "updated_at", "at", "expires_at"}
    | {"action_id", "action", "event", "what", "note"}
)
"""Fields whose text is written by code; a name in it is short or left out."""


def _is_free(text: str, name: str, fields: frozenset[str]) -> bool:
    if not text or name in _OURS:
        return False
    return name in fields or not is_short(text)
