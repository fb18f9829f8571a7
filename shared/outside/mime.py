"""A mail as it came, read for what a lead needs: sender, subject, text. Attachments are named only.

Everybody can write anything to a public address, so every step is bounded: how much is read, how
many parts there are, how long a header is that is looked into.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.headerregistry import AddressHeader
from email.message import EmailMessage
from typing import Any, Final, cast

from shared.outside.mail_text import one_line, plain, readable, without_quotes

MOST_BYTES: Final = 1_000_000
"""Of a mail that are read: what comes later is attachments, or nobody's business."""
MOST_PARTS: Final = 500
_LONGEST_HEADER: Final = 2_000
_LONGEST_HTML: Final = 60_000
_MOST_TEXT: Final = 9_000
_MOST_NAMED: Final = 20
_ADDRESS: Final = re.compile(r"[^@\s,;<>\"\x00-\x1f#]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_NO_CHARSETS: Final = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape"})
"""Codecs that are no charsets; some take forever."""
_BULK: Final = frozenset({"bulk", "junk", "list"})


class _Bounded(policy.EmailPolicy):
    """Parses no more of a header than any has: the parser's time grows with its square."""

    def header_fetch_parse(self, name: str, value: str) -> Any:
        """The parsed header of a raw one."""
        return super().header_fetch_parse(name, value[:_LONGEST_HEADER])


_POLICY: Final = _Bounded(utf8=True)


class UnreadableMailError(ValueError):
    """What cannot become a lead, and why."""


@dataclass(frozen=True, slots=True)
class Mail:
    """What is read of a mail."""

    message_id: str | None
    sender: str
    """In lower case."""
    name: str
    subject: str
    text: str
    """Without what it quotes."""
    attachments: tuple[str, ...]
    automatic: str | None
    """Why nobody wrote it by hand, or None."""


def read(raw: bytes) -> Mail:
    """Reads the beginning of a mail; the rest of it may be missing.

    Raises:
        UnreadableMailError: it says not who wrote it, or is built to be too much.
    """
    raw = raw[:MOST_BYTES]
    if raw.count(b"\n--") > 2 * MOST_PARTS:
        raise UnreadableMailError(f"it has more than {MOST_PARTS} parts")
    try:
        found = cast("EmailMessage", message_from_bytes(raw, policy=_POLICY))
        parts = list(_leaves(found))
        sender, name = _sender(found)
        text = _text(parts)
    except RecursionError:
        raise UnreadableMailError("its parts are nested too deep") from None
    return Mail(
        message_id=_header(found, "message-id")[:250] or None,
        sender=sender,
        name=name,
        subject=_header(found, "subject")[:250],
        text=without_quotes(text)[:_MOST_TEXT],
        attachments=_attachments(parts),
        automatic=_automatic(found),
    )


def _leaves(message: EmailMessage) -> Iterator[EmailMessage]:
    """The parts that hold something; a mail within a mail is an attachment, not looked into."""
    waiting = [message]
    while waiting:
        part = waiting.pop(0)
        if _is(part, "message/rfc822") or not part.is_multipart():
            yield part
        else:
            waiting[:0] = cast("list[EmailMessage]", part.get_payload())


def _is(part: EmailMessage, *types: str) -> bool:
    return part.get_content_type() in types


def _raw(message: EmailMessage, name: str) -> str:
    """The first header of a name as it came: nothing of it is parsed."""
    return next((str(v) for key, v in message.raw_items() if key.lower() == name), "")


def _header(message: EmailMessage, name: str) -> str:
    """One line: what hides a line break in its encoding brings it to nobody."""
    try:
        return one_line(str(message.get(name, "")))
    except Exception:  # the parser of headers stumbles over some that are broken
        return one_line(_raw(message, name)[:_LONGEST_HEADER])


def _sender(message: EmailMessage) -> tuple[str, str]:
    raw = _raw(message, "from")
    if len(raw) > _LONGEST_HEADER:
        raise UnreadableMailError("its From is longer than any sender")
    try:
        first = cast("AddressHeader", message["from"]).addresses[0]
        address, name = one_line(first.addr_spec).lower(), one_line(first.display_name)
    except Exception:  # none, or the parser of headers stumbles
        address, name = "", ""
    if not _ADDRESS.fullmatch(address) or len(address) > 200:
        raise UnreadableMailError("its From names no address")
    return address, name[:200] or address.partition("@")[0]


def _text(parts: list[EmailMessage]) -> str:
    """The plain text, or the HTML as text where there is no other."""
    texts = [part for part in parts if not _filename(part)]
    for kind in ("text/plain", "text/html"):
        found = next((part for part in texts if _is(part, kind)), None)
        if found is not None:
            decoded = _decoded(found)
            return readable(plain(decoded[:_LONGEST_HTML]) if kind == "text/html" else decoded)
    return ""


def _decoded(part: EmailMessage) -> str:
    content = part.get_payload(decode=True)
    content = content if isinstance(content, bytes) else b""
    try:
        return content.decode(_charset(part), errors="replace")
    except (LookupError, ValueError):  # what is named there is no charset
        return content.decode(errors="replace")


def _charset(part: EmailMessage) -> str:
    named = codecs.lookup(str(part.get_content_charset("utf-8"))).name
    return "utf-8" if named.replace("_", "-") in _NO_CHARSETS else named


def _filename(part: EmailMessage) -> str:
    try:
        name, how = part.get_filename(), part.get_content_disposition()
    except Exception:  # as above
        return "unnamed"
    return one_line(name)[:100] if name else "unnamed" if how == "attachment" else ""


def _attachments(parts: list[EmailMessage]) -> tuple[str, ...]:
    names = [_filename(part) for part in parts]
    return tuple(name for name in names if name)[:_MOST_NAMED]


def _automatic(message: EmailMessage) -> str | None:
    """Whether a machine wrote it: to answer, or only to note it, would make a loop."""
    if _header(message, "auto-submitted").lower() not in ("", "no"):
        return "it was submitted automatically"
    if _is(message, "multipart/report"):
        return "it is a report of a mail server"
    if _header(message, "return-path") == "<>":
        return "it came back"
    if _header(message, "precedence").lower() in _BULK:
        return "it is sent to many"
    return None
