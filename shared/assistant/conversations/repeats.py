"""Messages sent again under their `Idempotency-Key`: the same task, not a second message."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from shared.assistant.conversations.errors import KeyReusedError
from shared.assistant.conversations.places import Places
from shared.identity.principal import Principal
from shared.platform.tables import Absent, FieldIs, Item, Put

KEPT: Final = timedelta(days=1)
"""For how long a key is known: as long as its task."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """One key of one caller, with the message that came under it."""

    at: Places
    who: Principal
    key: str
    message: str

    def task_id(self) -> str | None:
        """The task that the key began, if it came before.

        Raises:
            KeyReusedError: it came with another message.
        """
        item = self._found()
        if item is None or not self._alive(item):
            return None
        if item["said"] != _hash(self.message):
            raise KeyReusedError("this key came with another message; take a new one")
        return str(item["task_id"])

    def write(self, task_id: str) -> Put:
        """What belongs into the transaction that begins the task."""
        item: Item = {
            **self._row(),
            "task_id": task_id,
            "said": _hash(self.message),
            "expires_at": int((self.at.clock() + KEPT).timestamp()),
        }
        old = self._found()
        over = old is not None and not self._alive(old)
        when = FieldIs("expires_at", old["expires_at"]) if old and over else Absent()
        return Put(self.at.table, item, when, label="repeat")

    def _found(self) -> Item | None:
        return self.at.tables.get(self.at.table, self._row())

    def _alive(self, item: Item) -> bool:
        """A row that is over may stay for days."""
        return bool(item["expires_at"] >= self.at.clock().timestamp())

    def _row(self) -> dict[str, str]:
        tenant = self.who.tenant
        return {"pk": f"{tenant}#chat_repeats#{self.who.subject}", "sk": _hash(self.key)}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
