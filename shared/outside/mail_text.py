"""The text of a mail: of HTML, without control characters, without what it quotes."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Final

_CONTROL: Final = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]"
)
_TAG: Final = re.compile(r"<(/?)([a-zA-Z!][a-zA-Z0-9]*)[^<>]*>")
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


def plain(markup: str) -> str:
    """The text of HTML: no tags, no scripts, a line for each block.

    The standard library's parser takes forever over tags that never end; this is one pass.
    """
    seen, pieces = True, list[str]()
    for closing, tag, text in _tokens(_uncommented(markup)):
        if tag in _UNSEEN:
            seen = bool(closing)
        if tag in _BLOCKS and not closing:
            pieces.append("\n")
        if seen:
            pieces.append(re.sub(r"\s+", " ", html.unescape(text)))
    lines = [line.strip() for line in "".join(pieces).split("\n")]
    return "\n".join(
        line for line, before in zip(lines, ["", *lines], strict=False) if line or before
    )


def _tokens(markup: str) -> Iterator[tuple[str, str, str]]:
    """Whether a tag closes, its name, and the text behind it."""
    first, *rest = _TAG.split(markup)
    yield "", "", first
    for at in range(0, len(rest), 3):
        yield rest[at], rest[at + 1].lower(), rest[at + 2]


def _uncommented(markup: str) -> str:
    first, *rest = markup.split("<!--")
    return first + "".join(part.partition("-->")[2] for part in rest)
