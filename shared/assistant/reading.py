"""Leads of a board, column by column in pages, up to a bound that results name."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shared.crm.board import COLUMN_PAGE, Board
from shared.crm.lead import Lead, LeadStatus

MOST_READ: Final = 2_000
"""Leads that one tool call looks at."""


@dataclass(frozen=True, slots=True)
class Looked:
    """The leads that were looked at, in the board's order."""

    leads: list[Lead]
    whole: bool
    """Whether these are all."""

    def note(self) -> str:
        """What is said where they are not."""
        if self.whole:
            return ""
        return f" among the first {len(self.leads):,} leads; name a column to look at fewer"


async def looked_at(
    board: Board, tenant: str, columns: Sequence[LeadStatus], most: int = MOST_READ
) -> Looked:
    """The leads of these columns, at most so many."""
    return await asyncio.to_thread(_look, board, tenant, columns, most)


def _look(board: Board, tenant: str, columns: Sequence[LeadStatus], most: int) -> Looked:
    found: list[Lead] = []
    for status in columns:
        start: Mapping[str, Any] | None = None
        while True:
            room = min(COLUMN_PAGE, most - len(found))
            if room <= 0:
                return Looked(found, whole=False)
            page = board.column(tenant, status, limit=room, start=start)
            found += page.cards
            if (start := page.next_start) is None:
                break
    return Looked(found, whole=True)
