"""The worker: takes a task, has the assistant answer it, and ends it, once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from shared.assistant.answering.submitters import Submitters
from shared.assistant.conversations.conversation import Conversation
from shared.assistant.conversations.conversations import UNREADABLE, Conversations
from shared.assistant.conversations.errors import (
    ConversationNotFoundError,
    OvertakenError,
    UnreadableError,
)
from shared.assistant.conversations.journal import TaskJournal
from shared.assistant.conversations.places import Places
from shared.assistant.conversations.streamed import StreamedText
from shared.assistant.conversations.task import OVERDUE, Task
from shared.assistant.conversations.tasks import Tasks
from shared.assistant.turn import Said, Turn, TurnResult
from shared.identity.principal import Principal
from shared.identity.rights import Right
from shared.llm.messages import AssistantMessage, UserMessage
from shared.platform.log import logger
from shared.platform.tables import TablesBusyError

LOST: Final = "I could not read our earlier conversation, so I set it aside and started a new one. "
GONE: Final = "You may not use the assistant any more; ask an admin of your tenant."
DELETED: Final = "The conversation was deleted before the message was answered."
BROKEN: Final = "Something failed here; it is logged. Send the message again."
_MARGIN: Final = 5.0
"""Seconds that are left for writing the end."""

log = logger("chat")


class Answers(Protocol):
    """What answers turns."""

    async def answer(self, turn: Turn) -> TurnResult:
        """One turn; what goes wrong with a model is in the result."""


@dataclass(frozen=True, slots=True)
class Answering:
    """Works on tasks."""

    at: Places
    submitters: Submitters
    assistant: Answers
    lease: timedelta
    """Longer than a worker may run, shorter than a message is invisible."""

    async def work(self, tenant: str, task_id: str, seconds: float) -> str:
        """Ends a task, if nobody did; says what became of it.

        Raises:
            LeasedError: another worker is at it.
            TablesBusyError: it could not be written now.
        """
        tasks = Tasks(self.at, Conversations(self.at))
        task = tasks.get(tenant, task_id)
        if task is None or task.over:
            return "over"
        try:
            if task.late(self.at.clock()):
                tasks.fail(task, "overdue", OVERDUE)
                return "overdue"
            return await self._answered(tasks, tasks.claim(task, self.lease), seconds)
        except OvertakenError:
            return "overtaken"

    async def _answered(self, tasks: Tasks, task: Task, seconds: float) -> str:
        who = self.submitters.principal(task.tenant, task.subject)
        if who is None or Right.CHAT_USE not in who.rights:
            tasks.fail(task, "rights", GONE)
            return "rights"
        try:
            found, history = self._remembered(who, task)
        except (ConversationNotFoundError, UnreadableError):
            tasks.fail(task, "deleted", DELETED)
            return "deleted"
        left = min(seconds - _MARGIN, self._until_deadline(task) - _MARGIN)
        turn = Turn(
            who, task.conversation, task.id, task.message, TaskJournal(self.at, task),
            history or (), StreamedText(self.at, task), max(0.0, left),
            datetime.fromisoformat(task.created_at),
        )  # fmt: skip
        try:
            result = await asyncio.wait_for(self.assistant.answer(turn), left)
        except (OvertakenError, TablesBusyError):
            raise
        except TimeoutError:
            tasks.fail(task, "timeout", OVERDUE)
            return "timeout"
        except Exception as error:
            log.exception("broken", task_id=task.id, error_type=type(error).__name__)
            tasks.fail(task, "broken", BROKEN)
            return "broken"
        tasks.answer(task, _told(result, found.notice or history is None), _facts(result))
        return result.status

    def _remembered(self, who: Principal, task: Task) -> tuple[Conversation, list[Said] | None]:
        """The conversation and its last messages; None for such as cannot be read."""
        conversations = Conversations(self.at)
        found = conversations.get(who, task.conversation)
        try:
            recent = conversations.recent(found)
        except UnreadableError as error:
            log.warning("set aside", conversation_id=found.id, why=str(error))
            conversations.clear(who, found.id, UNREADABLE)
            return found, None
        return found, [
            UserMessage(text=one["text"])
            if one["role"] == "user"
            else AssistantMessage(text=one["text"])
            for one in recent
        ]

    def _until_deadline(self, task: Task) -> float:
        deadline = datetime.fromisoformat(task.deadline)
        return (deadline - self.at.clock()).total_seconds()


def _told(result: TurnResult, lost: bool) -> dict[str, Any]:
    told = result.as_json()
    return {**told, "ai_message": LOST + told["ai_message"]} if lost else told


def _facts(result: TurnResult) -> dict[str, Any]:
    """What the event tells: no word of what was said."""
    done = [
        {"function": one.function, "success": bool(one.result.get("success"))}
        for one in result.function_results
    ]
    spent = result.spent.as_json()
    tokens = spent.get("input_tokens", 0) + spent.get("output_tokens", 0)
    return {
        "intent": result.intent,
        "status": result.status,
        "error": result.error,
        "functions": done,
        "calls": spent.get("calls", 0),
        "tokens": tokens,
        "micro_dollars": spent.get("micro_dollars", 0),
    }
