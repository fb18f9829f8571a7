"""Which messages of a principal wait: one row, written with every task that begins or ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from shared.assistant.conversations.conversation import listed_in
from shared.assistant.conversations.errors import TooManyWaitingError
from shared.assistant.conversations.places import ChatLimits, Places
from shared.assistant.conversations.task import Task, expiry
from shared.platform.clock import iso
from shared.platform.tables import Absent, FieldIs, Put

WAITING_WRITE: Final = "waiting"
_SORT: Final = "waiting"
_AGAIN: Final = 5
"""Seconds in which an answer may be there."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The row as it was read; what is past its deadline waits no more."""

    tasks: tuple[Mapping[str, str], ...]
    version: int

    @classmethod
    def of(cls, at: Places, tenant: str, subject: str) -> Waiting:
        """What a principal has waiting."""
        item = at.tables.get(at.table, _key(tenant, subject))
        now = iso(at.clock())
        kept = [one for one in (item["tasks"] if item else ()) if one["until"] > now]
        return cls(tuple(kept), int(item["version"]) if item else 0)

    def require_room(self, conversation: str, limits: ChatLimits) -> None:
        """Raises TooManyWaitingError if one more would be too many."""
        here = sum(1 for one in self.tasks if one["conversation"] == conversation)
        if here >= limits.per_session:
            raise TooManyWaitingError("this session", limits.per_session, _AGAIN)
        if len(self.tasks) >= limits.per_user:
            raise TooManyWaitingError("yours", limits.per_user, _AGAIN)

    def added(self, at: Places, task: Task) -> Put:
        """The write after which the task waits too."""
        one = {"task": task.id, "conversation": task.conversation, "until": task.deadline}
        return self._put(at, task, [*self.tasks, one])

    def removed(self, at: Places, task: Task) -> Put:
        """The write after which it does no more."""
        return self._put(at, task, [one for one in self.tasks if one["task"] != task.id])

    def _put(self, at: Places, task: Task, tasks: list[Any]) -> Put:
        item = {
            **_key(task.tenant, task.subject),
            "tasks": tasks,
            "version": self.version + 1,
            "expires_at": expiry(task.deadline),
        }
        when = FieldIs("version", self.version) if self.version else Absent()
        return Put(at.table, item, when, label=WAITING_WRITE)


def _key(tenant: str, subject: str) -> dict[str, str]:
    return {"pk": listed_in(tenant, subject), "sk": _SORT}
