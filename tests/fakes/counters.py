"""Counters in memory."""

from __future__ import annotations

from collections import defaultdict


class MemoryCounters:
    """The port `Counters`."""

    def __init__(self) -> None:
        self.totals: dict[tuple[str, str], int] = defaultdict(int)
        self.writes = 0

    def add(self, table: str, key: str, amount: int, expires_at: int) -> int:
        self.writes += 1
        self.totals[table, key] += amount
        return self.totals[table, key]
