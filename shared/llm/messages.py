"""What is said to a model and by it, in no provider's words; it can be stored as JSON."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ToolCall(_Said):
    """A tool that the model wants called; `arguments` is its text, which need not be JSON."""

    id: str
    name: str
    arguments: str


class SystemMessage(_Said):
    """What the model must obey."""

    role: Literal["system"] = "system"
    text: str


class UserMessage(_Said):
    """What a user says, with images as `https:` or `data:` URLs."""

    role: Literal["user"] = "user"
    text: str
    images: tuple[str, ...] = ()


class AssistantMessage(_Said):
    """What the model said before."""

    role: Literal["assistant"] = "assistant"
    text: str = ""
    tool_calls: tuple[ToolCall, ...] = ()


class ToolMessage(_Said):
    """What came of a tool call."""

    role: Literal["tool"] = "tool"
    call_id: str
    text: str


Message = Annotated[
    SystemMessage | UserMessage | AssistantMessage | ToolMessage, Field(discriminator="role")
]
