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
from email.message import EmailMessage
from typing import Final, cast

from shared.outside.mail_text import one_line, plain, readable, without_quotes

MOST_BYTES: Final = 1_000_000
"""Of a mail that are read: what comes later is attachments, or nobody's business."""
MOST_PARTS: Final = 500
_LONGEST_HEADER: Final = 4_000
_MOST_TEXT: Final = 9_000
_MOST_NAMED: Final = 20
_POLICY: Final = policy.default.clone(utf8=True)
_ADDRESS: Final = re.compile(r"[^@\s,;<>\"\x00-\x1f#]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_NO_CHARSETS: Final = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape"})
"""Codecs that are no charsets; some take forever."""
_BULK: Final = frozenset({"bulk", "junk", "list"})


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
        found = message_from_bytes(raw, policy=_POLICY)
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
    return _type(part) in types


def _type(part: EmailMessage) -> str:
    if len(_raw(part, "content-type")) > _LONGEST_HEADER:
        return "application/octet-stream"
    return part.get_content_type()


def _raw(message: EmailMessage, name: str) -> str:
    """The first header of a name as it came: nothing of it is parsed."""
    return next((str(v) for key, v in message.raw_items() if key.lower() == name), "")


def _header(message: EmailMessage, name: str) -> str:
    """One line: what hides a line break in its encoding brings it to nobody."""
    raw = _raw(message, name)[:_LONGEST_HEADER]
    try:
        return one_line(str(_POLICY.header_factory(name, raw)))
    except Exception:  # the parser of headers stumbles over some that are broken
        return one_line(raw)


def _sender(message: EmailMessage) -> tuple[str, str]:
    raw = _raw(message, "from")
    if len(raw) > _LONGEST_HEADER:
        raise UnreadableMailError("its From is longer than any sender")
    try:
        first = _POLICY.header_factory("from", raw).addresses[0]
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
            return readable(plain(decoded) if kind == "text/html" else decoded)
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
    if len(_raw(part, "content-disposition")) > _LONGEST_HEADER or not _fits(part):
        return "unnamed"
    try:
        name = part.get_filename()
    except Exception:  # as above
        return "unnamed"
    attached = part.get_content_disposition() == "attachment"
    return one_line(name)[:100] if name else "unnamed" if attached else ""


def _fits(part: EmailMessage) -> bool:
    return len(_raw(part, "content-type")) <= _LONGEST_HEADER


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
