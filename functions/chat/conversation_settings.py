"""What every function of the assistant is told by its environment."""

from __future__ import annotations

from pydantic import Field

from shared.platform.settings import FunctionSettings


class ConversationSettings(FunctionSettings):
    """Where conversations are."""

    chat_table: str = Field(description="Table of conversations, their messages and tasks.")
    crm_table: str = Field(description="Table of entities, their timelines and the outbox.")
