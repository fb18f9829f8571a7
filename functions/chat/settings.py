"""What the routes of the assistant are told by their environment."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from pydantic import Field

from functions.chat.conversation_settings import ConversationSettings
from functions.web.settings import HttpSettings
from shared.assistant.conversations.places import ChatLimits

_USUAL: Final = ChatLimits()


class ChatSettings(HttpSettings, ConversationSettings):
    """Settings of the assistant's routes."""

    chat_queue_url: str = Field("", description="Queue of messages that wait for their answers.")
    chat_characters: int = Field(
        _USUAL.characters, gt=0, description="Most characters of a message to the assistant."
    )
    chat_per_session: int = Field(
        _USUAL.per_session, gt=0, description="Most messages of a session that wait at once."
    )
    chat_per_user: int = Field(
        _USUAL.per_user, gt=0, description="Most messages of a user that wait at once."
    )

    @property
    def limits(self) -> ChatLimits:
        """How much is taken at once."""
        return ChatLimits(self.chat_characters, self.chat_per_session, self.chat_per_user)


@lru_cache(maxsize=1)
def settings() -> ChatSettings:
    """The settings of this process; raises pydantic's error that names what is missing."""
    return ChatSettings()  # the environment gives the rest
