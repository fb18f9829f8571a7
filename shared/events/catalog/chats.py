"""What happens in conversations with the assistant; no event holds a word of what was said."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field

from shared.events.catalog.registry import EventData, event_type

SOURCE: Final = "millrace.chat"
_IDS: Final = {
    "conversation_id": "01935f3e-7c1a-7b4e-9d2f-3a5b6c7d8e9f",
    "user_id": "5f0c1f6e-7d0e-4f7b-9a53-4a9d0f0b6f51",
}
_TASK: Final = {**_IDS, "task_id": "01935f3e-9a00-7c11-8f00-0a1b2c3d4e5f"}
_TOPICS: Final = ("chat",)


class Conversation(EventData):
    """Which conversation, and whose."""

    conversation_id: str
    user_id: str


class Called(EventData):
    """A function that was called, and whether it did what was asked."""

    function: str
    success: bool


@event_type("chat.started", source=SOURCE, topics=_TOPICS, sample=_IDS)
class ChatStarted(Conversation):
    """A conversation began."""


@event_type(
    "chat.message_received", source=SOURCE, topics=_TOPICS, sample={**_TASK, "characters": 31}
)
class ChatMessageReceived(Conversation):
    """A message was taken and waits for its answer."""

    task_id: str
    characters: int


@event_type(
    "chat.answered",
    source=SOURCE,
    topics=_TOPICS,
    sample={
        **_TASK,
        "intent": "change",
        "status": "success",
        "functions": [{"function": "update_lead_status", "success": True}],
        "calls": 3,
        "tokens": 1450,
        "micro_dollars": 310,
    },
)
class ChatAnswered(Conversation):
    """A message has its answer; `error` says what kept the model from a proper one."""

    task_id: str
    intent: str
    status: Literal["success", "error"]
    error: str | None = None
    functions: list[Called] = Field(default_factory=list)
    calls: int = 0
    tokens: int = 0
    micro_dollars: int = Field(0, description="Millionths of a US dollar, where prices are known.")


@event_type("chat.failed", source=SOURCE, topics=_TOPICS, sample={**_TASK, "reason": "overdue"})
class ChatFailed(Conversation):
    """A message has no answer and gets none."""

    task_id: str
    reason: str = Field(description="overdue, timeout, rights, deleted, unsent or broken.")


@event_type("chat.cleared", source=SOURCE, topics=_TOPICS, sample={**_IDS, "reason": "asked"})
class ChatCleared(Conversation):
    """The assistant is shown nothing that was said before."""

    reason: str = Field(description="asked, or unreadable.")


@event_type("chat.renamed", source=SOURCE, topics=_TOPICS, sample=_IDS)
class ChatRenamed(Conversation):
    """A conversation got another title."""


@event_type("chat.deleted", source=SOURCE, topics=_TOPICS, sample=_IDS)
class ChatDeleted(Conversation):
    """A conversation was removed with all that was said in it."""
