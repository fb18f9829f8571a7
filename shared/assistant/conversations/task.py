"""A task: one message on its way to its answer.

    PENDING ──claimed──> PROCESSING ──> SUCCESS | FAILURE
       └────────deadline─────┴────────> FAILURE

`fence` counts the transitions. Each is written on the condition that it stood where it was read,
so that a worker that was thought dead changes nothing any more.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, cast, get_args

from shared.assistant.conversations.errors import UnreadableError
from shared.platform.clock import iso
from shared.platform.tables import FieldIs, Item, Put

State = Literal["PENDING", "PROCESSING", "SUCCESS", "FAILURE"]
FINAL: Final = frozenset({"SUCCESS", "FAILURE"})
DEADLINE: Final = timedelta(minutes=5)
KEPT: Final = timedelta(days=1)
"""How long a task is kept after its end: as long as a session lives."""
TASK_WRITE: Final = "task"
OVERDUE: Final = "The answer took longer than 5 minutes and was given up; send the message again."
SHARDS: Final = 4
_SORT: Final = "task"


@dataclass(frozen=True, slots=True)
class Task:
    """One message and what became of it."""

    id: str
    tenant: str
    subject: str
    conversation: str
    message: str
    created_at: str
    deadline: str
    state: State = "PENDING"
    fence: int = 1
    leased_until: str = ""
    """Until when one worker has it to itself."""
    attempts: int = 0
    result: str = ""
    """JSON of what the assistant answered."""
    error: str = ""

    @property
    def over(self) -> bool:
        """Whether it has its end."""
        return self.state in FINAL

    def late(self, now: datetime) -> bool:
        """Whether it should have had its end before now."""
        return not self.over and self.deadline <= iso(now)


def partition(tenant: str, task_id: str) -> str:
    """The partition of a task and its notes."""
    return f"{tenant}#chat_task#{task_id}"


def key(tenant: str, task_id: str) -> dict[str, str]:
    """The key of a task."""
    return {"pk": partition(tenant, task_id), "sk": _SORT}


def put(table: str, task: Task, before: Task | None) -> Put:
    """The write of a transition; `before` is what was read, None for a new task."""
    item: Item = {
        **key(task.tenant, task.id),
        **asdict(task),
        "expires_at": expiry(task.deadline),
    }
    if not task.over:
        shard = int(task.id.replace("-", "")[-2:], 16) % SHARDS
        item |= {"due_pk": due(shard), "due_sk": f"{task.deadline}#{task.id}"}
    when = FieldIs("fence", before.fence) if before else None
    return Put(table, item, when, label=TASK_WRITE)


def expiry(deadline: str) -> int:
    """When a task and its notes may be forgotten, in seconds since 1970."""
    return int((datetime.fromisoformat(deadline) + KEPT).timestamp())


def due(shard: int) -> str:
    """The partition of an index over the tasks of all tenants that have no end yet."""
    return f"due#{shard}"


def read(item: Mapping[str, Any]) -> Task:
    """The inverse of `put`.

    Raises:
        UnreadableError: a field is missing or of another kind.
    """
    try:
        task = Task(**{name: item[name] for name in Task.__dataclass_fields__})
    except KeyError as error:
        raise UnreadableError(f"the task lacks {error}") from None
    if task.state not in get_args(State):
        raise UnreadableError(f"{task.state} is no state of a task")
    return task


def result_of(task: Task) -> dict[str, Any]:
    """What the assistant answered."""
    return cast("dict[str, Any]", json.loads(task.result))
