"""A conversation and its rows: what the session is, and what was said in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from shared.assistant.conversations.errors import UnreadableError
from shared.platform.clock import iso
from shared.platform.tables import Item

FORMAT: Final = 1
NEW: Final = "New Chat"
TITLE: Final = 50
"""Characters of a title that is made of the first message."""
RING: Final = 10
"""Messages that the assistant is shown."""
SESSION: Final = timedelta(hours=24)
KEPT: Final = timedelta(days=30)
ENTITY: Final = "conversation"
_MESSAGE: Final = "message#"
_LISTED: Final = "conversation#"


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation of one principal."""

    id: str
    tenant: str
    subject: str
    created_at: str
    last_at: str
    """When something was last said; a session ends a day later."""
    title: str = NEW
    since: str = ""
    """The assistant is shown nothing older than this key of a message."""
    notice: bool = False
    """Whether the next answer begins with the loss of the conversation before."""
    version: int = 0
    format: int = FORMAT

    def alive(self, now: datetime) -> bool:
        """Whether it is still a session."""
        return iso(now - SESSION) < self.last_at


def partition(tenant: str, conversation_id: str) -> str:
    """The partition of a conversation and its messages, as the outbox has it."""
    return f"{tenant}#{ENTITY}#{conversation_id}"


def state_of(conversation: Conversation) -> Item:
    """The row, without its key and version, which are the outbox's to write."""
    state = asdict(conversation)
    del state["version"]
    return {**state, "expires_at": _expiry(conversation.last_at)}


def read(item: Mapping[str, Any]) -> Conversation:
    """The inverse of `state_of`.

    Raises:
        UnreadableError: a field is missing or of another kind, or another version wrote it.
    """
    found = {name: item.get(name) for name in Conversation.__dataclass_fields__}
    if found["format"] != FORMAT:
        raise UnreadableError(f"format {found['format']} is not {FORMAT}")
    texts = ("id", "tenant", "subject", "created_at", "last_at", "title", "since")
    if not all(isinstance(found[name], str) for name in texts):
        raise UnreadableError("a text of the conversation is missing")
    if not isinstance(found["version"], int) or not isinstance(found["notice"], bool):
        raise UnreadableError("version or notice of the conversation is missing")
    return Conversation(**found)  # type: ignore[arg-type]


def listed_in(tenant: str, subject: str) -> str:
    """The partition of what one principal has: their conversations, what waits."""
    return f"{tenant}#chat#{subject}"


def listed(conversation: Conversation) -> Item:
    """The entry in the list of the principal."""
    one = conversation
    return {
        "pk": listed_in(one.tenant, one.subject),
        "sk": listed_sort(one.id),
        "id": one.id,
        "title": one.title,
        "created_at": one.created_at,
        "last_at": one.last_at,
        "expires_at": _expiry(one.last_at),
    }


def listed_sort(conversation_id: str) -> str:
    """The sort key of an entry in the list."""
    return f"{_LISTED}{conversation_id}"


def message_sort(message_id: str) -> str:
    """The sort key of a message; ids sort by time."""
    return f"{_MESSAGE}{message_id}"


def message_row(
    conversation: Conversation, message_id: str, role: str, text: str, at: datetime
) -> Item:
    """One thing that was said."""
    return {
        "pk": partition(conversation.tenant, conversation.id),
        "sk": message_sort(message_id),
        "id": message_id,
        "format": FORMAT,
        "role": role,
        "text": text,
        "at": iso(at),
        "expires_at": int((at + KEPT).timestamp()),
    }


def read_message(item: Mapping[str, Any]) -> dict[str, str]:
    """Who said what, and when.

    Raises:
        UnreadableError: a field is missing or of another kind, or another version wrote it.
    """
    found = {name: item.get(name) for name in ("id", "role", "text", "at")}
    fits = item.get("format") == FORMAT and found["role"] in ("user", "assistant")
    if not fits or not all(isinstance(value, str) for value in found.values()):
        raise UnreadableError(f"the message {item.get('sk')} cannot be read")
    return {name: str(value) for name, value in found.items()}


def titled(message: str) -> str:
    """The title that a first message gives."""
    words = " ".join(message.split())
    return words if len(words) <= TITLE else f"{words[: TITLE - 1].rstrip()}…"


def _expiry(last_at: str) -> int:
    return int((datetime.fromisoformat(last_at) + KEPT).timestamp())
