"""What can be wrong with a message, a task or a conversation."""

from __future__ import annotations


class MessageError(ValueError):
    """A message that is not taken; the text names the limit."""


class KeyReusedError(ValueError):
    """An `Idempotency-Key` that came with another message before."""


class TaskNotFoundError(Exception):
    """No such task, or it is somebody else's."""


class ConversationNotFoundError(Exception):
    """No such conversation, or it is somebody else's."""


class UnreadableError(Exception):
    """A row that this version cannot read; it stays as it is."""


class TooManyWaitingError(Exception):
    """As many messages wait as may; the text says of whom, and how many."""

    def __init__(self, whose: str, limit: int, seconds: int) -> None:
        super().__init__(
            f"{limit} messages of {whose} wait for their answers; send the next one when one of "
            "them is answered"
        )
        self.seconds = seconds
        """After which it is worth trying again."""


class LeasedError(Exception):
    """Another worker is at the task; the message comes again."""


class OvertakenError(Exception):
    """The task was ended by somebody else meanwhile; nothing was written."""
