"""The journal of a turn, beside its task: what was asked, answered and done, so that it is once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Final

from shared.assistant.conversations import task as rows
from shared.assistant.conversations.errors import OvertakenError
from shared.assistant.conversations.places import Places
from shared.assistant.conversations.task import Task
from shared.platform.tables import Put, TransactionRefusedError

_NOTE: Final = "note#"


class TaskJournal:
    """The port `Journal` of one worker's lease; who lost the lease writes nothing any more."""

    def __init__(self, at: Places, task: Task) -> None:
        self._at, self._task = at, task

    async def read(self, key: str) -> Mapping[str, Any] | None:
        """See `Journal.read`."""
        item = await asyncio.to_thread(self._at.tables.get, self._at.table, self._key(key))
        return json.loads(item["values"]) if item else None

    async def write(self, key: str, values: Mapping[str, Any]) -> None:
        """See `Journal.write`; raises OvertakenError if the task is another worker's by now."""
        await asyncio.to_thread(self._write, key, values)

    def _write(self, key: str, values: Mapping[str, Any]) -> None:
        item = {
            **self._key(key),
            "values": json.dumps(values, default=_plain),
            "expires_at": rows.expiry(self._task.deadline),
        }
        mine = rows.put(self._at.table, self._task, self._task)
        try:
            self._at.tables.transact([mine, Put(self._at.table, item)])
        except TransactionRefusedError:
            raise OvertakenError(f"{self._task.id} is another worker's by now") from None

    def _key(self, key: str) -> dict[str, str]:
        return {"pk": rows.partition(self._task.tenant, self._task.id), "sk": f"{_NOTE}{key}"}


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else str(value)
