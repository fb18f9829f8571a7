"""Tasks from their beginning to their end; each transition is one transaction."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from shared.assistant.conversations import conversation as conversation_rows
from shared.assistant.conversations import task as rows
from shared.assistant.conversations.conversation import Conversation
from shared.assistant.conversations.conversations import TRIES, Conversations
from shared.assistant.conversations.errors import (
    ConversationNotFoundError,
    LeasedError,
    MessageError,
    OvertakenError,
    TaskNotFoundError,
    UnreadableError,
)
from shared.assistant.conversations.places import Places
from shared.assistant.conversations.repeats import Repeat
from shared.assistant.conversations.task import DEADLINE, OVERDUE, Task
from shared.assistant.conversations.waiting import Waiting
from shared.events.outbox import VersionConflictError
from shared.identity.principal import Principal
from shared.platform.clock import iso
from shared.platform.ids import new_id
from shared.platform.tables import Put, Query, TablesBusyError, TransactionRefusedError, Write

_BUSY: Final = "many messages at once; try again"
Happened = tuple[str, dict[str, Any]]


class Tasks:
    """Accepts messages, hands tasks to workers, and ends them."""

    def __init__(self, at: Places, conversations: Conversations) -> None:
        self._at, self._conversations = at, conversations

    def accept(self, who: Principal, session_id: str, message: str, key: str = "") -> Task:
        """A new task in the session of that id, or in a fresh one; the old one of a known key.

        Raises:
            MessageError: the message is empty, too long, or no text.
            KeyReusedError: the key came with another message.
            TooManyWaitingError: as many wait as may.
        """
        text = self._checked(message)
        repeat = Repeat(self._at, who, key, text) if key else None
        for _ in range(TRIES):
            known = repeat.task_id() if repeat else None
            if known and (task := self.get(who.tenant, known)):
                return task
            session = self._conversations.session(who, session_id)
            waiting = Waiting.of(self._at, who.tenant, who.subject)
            waiting.require_room(session.id, self._at.limits)
            try:
                return self._begin(session, waiting, text, repeat)
            except (VersionConflictError, TransactionRefusedError):
                continue
        raise TablesBusyError(_BUSY)

    def find(self, who: Principal, task_id: str) -> Task:
        """A task of the principal; past its deadline it counts as failed, whatever its row says.

        Raises:
            TaskNotFoundError: there is none of that id that is theirs.
        """
        found = self.get(who.tenant, task_id) if 0 < len(task_id) <= 64 else None
        if found is None or found.subject != who.subject:
            raise TaskNotFoundError("there is no such task")
        if found.late(self._at.clock()):
            return replace(found, state="FAILURE", error=OVERDUE)
        return found

    def get(self, tenant: str, task_id: str) -> Task | None:
        """Whosoever's task it is."""
        item = self._at.tables.get(self._at.table, rows.key(tenant, task_id))
        return rows.read(item) if item else None

    def claim(self, task: Task, lease: timedelta) -> Task:
        """Gives a task to one worker for a while.

        Raises:
            LeasedError: another worker has it, or took it at this moment.
        """
        now = self._at.clock()
        if task.leased_until > iso(now):
            raise LeasedError(f"another worker is at {task.id}")
        claimed = replace(
            task,
            state="PROCESSING",
            fence=task.fence + 1,
            attempts=task.attempts + 1,
            leased_until=iso(now + lease),
        )
        try:
            self._at.tables.transact([rows.put(self._at.table, claimed, task)])
        except TransactionRefusedError:
            raise LeasedError(f"another worker took {task.id}") from None
        return claimed

    def answer(self, task: Task, result: dict[str, Any], happened: dict[str, Any]) -> None:
        """Ends a task with what the assistant answered, which need not be a success within.

        Raises:
            OvertakenError: somebody else ended the task.
        """
        ended = replace(
            task, state="SUCCESS", fence=task.fence + 1, result=json.dumps(result, default=str)
        )
        failed = result["status"] != "success"
        said = [] if failed else [("user", task.message), ("assistant", result["ai_message"])]
        self._end(task, ended, ("chat.answered", {"task_id": task.id, **happened}), said)

    def fail(self, task: Task, reason: str, error: str) -> None:
        """Ends a task without an answer; `reason` is for machines, `error` for the user.

        Raises:
            OvertakenError: somebody else ended the task.
        """
        ended = replace(task, state="FAILURE", fence=task.fence + 1, error=error)
        self._end(task, ended, ("chat.failed", {"task_id": task.id, "reason": reason}), [])

    def overdue(self, limit: int = 50) -> Sequence[Task]:
        """Tasks of all tenants past their deadline; read by the platform for itself."""
        found: list[Task | None] = []
        for shard in range(rows.SHARDS):
            before = f"{iso(self._at.clock())}$"  # sorts after every id of this moment
            query = Query(
                self._at.table,
                ("due_pk", rows.due(shard)),
                sort="due_sk",
                before=before,
                index="due",
                limit=limit,
            )
            page = self._at.tables.query(query)
            found += [self.get(item["tenant"], item["id"]) for item in page.items]
        return [task for task in found if task and task.late(self._at.clock())]

    def _checked(self, message: str) -> str:
        text, most = message.strip(), self._at.limits.characters
        if not text:
            raise MessageError("Message is required")
        if len(text) > most:
            raise MessageError(f"The message has {len(text)} characters; send at most {most}")
        if any(ord(letter) < 32 and letter not in "\t\n\r" for letter in text):
            raise MessageError("The message holds control characters; send plain text")
        return text

    def _begin(
        self, session: Conversation, waiting: Waiting, text: str, repeat: Repeat | None
    ) -> Task:
        now = self._at.clock()
        task = Task(
            new_id(), session.tenant, session.subject, session.id, text,
            iso(now), iso(now + DEADLINE),
        )  # fmt: skip
        first = session.title == conversation_rows.NEW
        spoken = replace(
            session,
            last_at=iso(now),
            title=conversation_rows.titled(text) if first else session.title,
        )
        received = ("chat.message_received", {"task_id": task.id, "characters": len(text)})
        begun: list[Happened] = [("chat.started", {})] if not session.version else []
        self._conversations.commit(
            spoken, *begun, received, correlation_id=task.id,
            also=[
                rows.put(self._at.table, task, None), waiting.added(self._at, task),
                *([repeat.write(task.id)] if repeat else []),
            ],
        )  # fmt: skip
        return task

    def _end(
        self, before: Task, ended: Task, happened: Happened, said: list[tuple[str, str]]
    ) -> None:
        """The end with what was said, its event, and the room that it makes for others."""
        ended = replace(ended, leased_until="")
        for _ in range(TRIES):
            waiting = Waiting.of(self._at, before.tenant, before.subject)
            also: list[Write] = [
                rows.put(self._at.table, ended, before),
                waiting.removed(self._at, before),
            ]
            try:
                self._written(before, happened, said, also)
            except VersionConflictError:
                continue
            except TransactionRefusedError as refused:
                if rows.TASK_WRITE in refused.labels:
                    raise OvertakenError(f"{before.id} was ended meanwhile") from None
                continue
            return
        raise TablesBusyError(_BUSY)

    def _written(
        self, task: Task, happened: Happened, said: list[tuple[str, str]], also: list[Write]
    ) -> None:
        who = Principal(task.tenant, task.subject, "user")
        try:
            found = self._conversations.get(who, task.conversation)
        except (ConversationNotFoundError, UnreadableError):
            self._at.tables.transact(also)  # there is no conversation to tell of
            return
        now = self._at.clock()
        told = [
            conversation_rows.message_row(found, new_id(), role, text, now) for role, text in said
        ]
        puts = [Put(self._at.table, item) for item in told]
        spoken = replace(found, notice=False) if said else found
        self._conversations.commit(spoken, happened, also=[*puts, *also], correlation_id=task.id)
