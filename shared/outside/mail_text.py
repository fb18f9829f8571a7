"""The text of a mail: of HTML, without control characters, without what it quotes."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final

_CONTROL: Final = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]"
)
_BLOCKS: Final = frozenset(
    {"br", "div", "p", "tr", "li", "h1", "h2", "h3", "table", "blockquote", "ul"}
)
_UNSEEN: Final = frozenset({"script", "style", "head", "title", "template"})
_QUOTES: Final = (
    re.compile(r"^(On|Am|Le|El|Il|Op)\b.{0,200}\b(wrote|schrieb\b.{0,80}|a écrit|escribió|ha "
               r"scritto|schreef)\s?:\s*$"),
    re.compile(r"^-{2,}\s?(Original Message|Ursprüngliche Nachricht|Forwarded message)\b"),
    re.compile(r"^_{20,}\s*$"),
    re.compile(r"^-- $"),
)  # fmt: skip
"""Where an answer ends and what it answers begins, or the signature."""


def readable(text: str) -> str:
    """Without control characters, and in characters that UTF-8 has."""
    text = text.encode("utf-8", "replace").decode()
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", text).strip()


def one_line(text: str) -> str:
    """The same on one line."""
    return " ".join(readable(text.replace("\r", " ").replace("\n", " ")).split())


def without_quotes(text: str) -> str:
    """What was written now; all of it where nothing else is left."""
    lines = text.split("\n")
    end = next((i for i, line in enumerate(lines) if _ends(lines, i, line)), len(lines))
    kept = "\n".join(line for line in lines[:end] if not line.startswith(">")).strip()
    return kept or text.strip()


def _ends(lines: list[str], at: int, line: str) -> bool:
    # Long lines of citation are broken in two by some programs.
    both = f"{line} {lines[at + 1]}" if at + 1 < len(lines) and len(line) < 200 else line
    return any(one.match(line[:400]) or one.match(both[:400]) for one in _QUOTES)


def plain(html: str) -> str:
    """The text of HTML: no tags, no scripts, a line for each block."""
    reader = _Text()
    reader.feed(html)
    reader.close()
    return re.sub(r"[ \t]*\n(?:[ \t]*\n)+", "\n\n", "".join(reader.pieces))


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        if tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN and self._unseen:
            self._unseen -= 1

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.pieces.append(re.sub(r"\s+", " ", data))
