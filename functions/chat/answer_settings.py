"""What the worker is told by its environment."""

from __future__ import annotations

from functools import lru_cache

from pydantic import Field

from functions.chat.conversation_settings import ConversationSettings
from functions.web.settings import Listed
from shared.llm.settings import ModelSettings


class AnswerSettings(ModelSettings, ConversationSettings):
    """Settings of what answers messages."""

    inbox_table: str = Field(description="Table of what expires: inbox, keys, sessions, counters.")
    identity_table: str = Field(description="Table of members, keys and registrations.")
    chat_link_hosts: Listed = Field(
        [], description="Hosts that the assistant's answers may link to, separated by commas."
    )
    answer_lease_seconds: int = Field(
        125, gt=0, description="How long a worker has a message to itself; more than it may run."
    )


@lru_cache(maxsize=1)
def settings() -> AnswerSettings:
    """The settings of this process; raises pydantic's error that names what is missing."""
    return AnswerSettings()  # the environment gives the rest
