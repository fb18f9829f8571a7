"""How many leads are in each column, and what they are worth."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any, Final

from shared.assistant.desk import Desk
from shared.assistant.reading import looked_at
from shared.assistant.told import Told
from shared.assistant.tool import Nothing, ReadTool
from shared.crm.lead import STATUSES, LeadStatus

MOST_OF_COLUMN: Final = 400
"""Leads of a column whose values are added up."""


class BoardSummary(ReadTool[Nothing]):
    """Counts from the board's counters; values of a bounded number of cards."""

    name = "board_summary"
    description = "Counts the leads of each column and adds up their values."
    Arguments = Nothing

    async def read(self, arguments: Nothing, desk: Desk) -> Told:
        """Counts and adds."""
        columns = [await self._column(desk, status) for status in STATUSES]
        total = sum(column["count"] for column in columns)
        value = sum(Decimal(str(column["value"])) for column in columns)
        parts = ", ".join(f"{column['status']}: {column['count']}" for column in columns)
        return Told(
            success=True,
            message=f"{total} leads worth ${value:,.2f}: {parts}",
            data={"columns": columns, "count": total, "value": float(value)},
        )

    async def _column(self, desk: Desk, status: LeadStatus) -> dict[str, Any]:
        board = desk.leads.board
        looked = await looked_at(board, desk.tenant, [status], MOST_OF_COLUMN)
        count = len(looked.leads)
        if not looked.whole:
            count = await asyncio.to_thread(board.total, desk.tenant, status)
        value = sum((lead.value or Decimal(0) for lead in looked.leads), Decimal(0))
        column: dict[str, Any] = {"status": status, "count": count, "value": float(value)}
        if count > len(looked.leads):
            column["note"] = f"value of the first {len(looked.leads):,} only"
        return column
