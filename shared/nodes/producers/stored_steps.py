"""Counts across runs, in a table."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

from shared.platform.tables import (
    Absent,
    FieldIs,
    Put,
    Tables,
    TablesBusyError,
    TransactionRefusedError,
)

_ATTEMPTS: Final = 20


@dataclass(frozen=True, slots=True)
class StoredSteps:
    """The port `Steps` of one workflow; no two calls get the same number."""

    tables: Tables
    table: str
    tenant: str
    workflow: str

    async def next(self, name: str) -> int:
        """See `Steps.next`."""
        return await asyncio.to_thread(self._next, name)

    def _next(self, name: str) -> int:
        key = {"pk": f"{self.tenant}#steps", "sk": f"{self.workflow}#{name}"}
        for _ in range(_ATTEMPTS):
            held = self.tables.get(self.table, key)
            count = int(held["done"]) if held else 0
            when = FieldIs("done", count) if held else Absent()
            try:
                self.tables.transact([Put(self.table, {**key, "done": count + 1}, when)])
            except TransactionRefusedError:  # somebody else took this number
                continue
            return count
        raise TablesBusyError(f"the counter {name!r} is counted by many at once; try again")
