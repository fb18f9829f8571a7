"""What agents remember, in a table: the last ten messages of each conversation, for thirty days."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from shared.platform.clock import Clock, utc_now
from shared.platform.tables import Absent, FieldIs, Item, Put, Tables, TransactionRefusedError

RING: Final = 10
_TEXT: Final = 20_000
"""Characters of one message."""
_KEYS: Final = 40
_DAYS: Final = 30 * 86_400
_TRIES: Final = 5


class TableMemory:
    """The port `Memory` of one tenant; a turn that comes again after forty others counts twice."""

    def __init__(
        self,
        tables: Tables,
        table: str,
        tenant: str,
        workflow: str = "",
        clock: Clock = utc_now,
    ) -> None:
        """`workflow` is whose conversations these are where a flow does not know its id."""
        self._tables, self._table, self._clock = tables, table, clock
        self._workflow = workflow
        self.tenant = tenant

    async def recall(self, workflow: str, key: str) -> Sequence[Mapping[str, Any]]:
        """See `Memory.recall`."""
        item = await asyncio.to_thread(self._read, workflow, key)
        return list(item["turns"]) if item else []

    async def remember(
        self, workflow: str, key: str, turns: Sequence[Mapping[str, Any]], idempotency_key: str
    ) -> None:
        """See `Memory.remember`."""
        await asyncio.to_thread(self._remember, workflow, key, turns, idempotency_key)

    def _remember(
        self, workflow: str, key: str, turns: Sequence[Mapping[str, Any]], idempotency_key: str
    ) -> None:
        mark = _hashed(idempotency_key)
        for _ in range(_TRIES):
            held = self._tables.get(self._table, self._key(workflow, key))
            known = list(held["keys"]) if held else []
            if mark in known:
                return
            alive = self._alive(held)
            added = [{"role": turn["role"], "text": str(turn["text"])[:_TEXT]} for turn in turns]
            item: Item = {
                **self._key(workflow, key),
                "turns": [*(alive["turns"] if alive else ()), *added][-RING:],
                "keys": [*known, mark][-_KEYS:],
                "version": (held["version"] if held else 0) + 1,
                "expires_at": int(self._clock().timestamp()) + _DAYS,
            }
            when = FieldIs("version", held["version"]) if held else Absent()
            try:
                self._tables.transact([Put(self._table, item, when)])
            except TransactionRefusedError:
                continue
            return
        raise OSError("the conversation is changed by many at once; try again")

    def _read(self, workflow: str, key: str) -> Item | None:
        return self._alive(self._tables.get(self._table, self._key(workflow, key)))

    def _alive(self, item: Item | None) -> Item | None:
        over = item is not None and item["expires_at"] <= self._clock().timestamp()
        return None if over else item

    def _key(self, workflow: str, key: str) -> dict[str, str]:
        return {"pk": f"{self.tenant}#memory", "sk": f"{self._workflow or workflow}#{_hashed(key)}"}


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
