"""The board as a whole: how many leads and how much money stand in its columns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from local.offline_model.crm.columns import column
from local.offline_model.crm.commands.command import Command
from local.offline_model.crm.heard import Heard
from local.offline_model.crm.plans import Plan, step
from local.offline_model.crm.wording import counted, money

_BOARD: Final = (
    r"(?:the |my |our )?(?:whole |entire |kanban |sales )?(?:board|pipeline|funnel|crm|columns)"
)
_WHOLE: Final = re.compile(
    rf"(?:summarize|summary(?: of| for)?|overview(?: of| over)?|describe|status of)(?: {_BOARD})?"
    r"|(?:give|show|tell|get|display|see)(?: me)? (?:an? |the )?(?:(?:summary|overview|state"
    r"|status|numbers|figures|stats|statistics)"
    rf"(?: (?:of|over|for))? )?{_BOARD}(?: (?:summary|overview))?"
    rf"|(?:show|give)(?: me)? (?:an? |the )?(?:summary|overview)"
    rf"|how(?: does|'s| is| do) {_BOARD}(?: looks?| doing| going)?|what(?:'s| is) on {_BOARD}"
    rf"|what does {_BOARD} look like|what(?:'s| is) {_BOARD} worth(?: in total)?|{_BOARD}(?:"
    r" (?:summary|overview))?",
    re.IGNORECASE,
)
_COUNT: Final = re.compile(
    r"(?:(?:tell me )?how many|count|(?:what(?:'s| is) )?(?:the )?(?:total )?number of)"
    r"(?: (?:all|the|of|our|my))*(?: (?:leads?|deals?|cards?|contacts?))?"
    r"(?: (?:do we have|have we got|have we|do i have|are there|are|we have|there are|in"
    r" total|total|"
    r"overall|altogether|right now))*"
    r"(?: (?:(?:are |stand )?in|with status|on|per|by|(?:have|did) we|are) (?P<column>.+?))?"
    r"(?: (?:do we have|in total))?",
    re.IGNORECASE,
)
_MONEY: Final = re.compile(
    r"(?:(?:what(?:'s| is|)|show|give|tell)(?: me)? )?(?:the )?(?:total |combined |overall )?"
    r"(?:value|worth|amount|how much(?: money)?)(?: (?:is|do we have|are|stands))?"
    r"(?: (?:(?:in|of|per|for|by|on) (?P<column>.+?)))?",
    re.IGNORECASE,
)
_EACH: Final = re.compile(
    rf"(?:(?:each|every|all|per) )?(?:the )?(?:column|columns|stage|stages|status)|total|{_BOARD}"
    r"|(?:all )?(?:leads|deals)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Board(Command):
    """Summarizes the board or one column."""

    column: str | None = None
    intent = "question"
    title = "counts and adds up the board, or one column"
    tools = ("board_summary",)
    examples = (
        "summarize the board",
        "how many leads do we have?",
        "how many leads are in Interest?",
        "what is the total value per column?",
        "how much is in Closed win?",
    )

    @classmethod
    def read(cls, text: str) -> Board | None:
        """About the whole board, or how many or how much of a column."""
        if _WHOLE.fullmatch(text):
            return cls()
        found = _COUNT.fullmatch(text) or _MONEY.fullmatch(text)
        if found is None:
            return None
        said = found["column"]
        if said is None or _EACH.fullmatch(said):
            return cls()
        name = column(said)
        return cls(name) if name else None

    def plan(self, heard: Heard) -> Plan:
        """Reads the summary."""
        result = yield from step("board_summary")
        rows = rows_of(result.data)
        if not rows:
            return result.message
        if self.column is not None:
            row = next((row for row in rows if row[0] == self.column), (self.column, 0, 0))
            return f"{self.column} has {counted(row[1], 'lead')}, together {money(row[2])}."
        total = counted(sum(row[1] for row in rows), "lead")
        lines = "".join(
            f"\n- {name}: {counted(n, 'lead')}, {money(sum_)}" for name, n, sum_ in rows
        )
        return f"The board has {total}, together {money(sum(row[2] for row in rows))}:{lines}"


def rows_of(data: Any) -> Sequence[tuple[str, int, float]]:
    """Column, number and value of each column."""
    columns = (data or {}).get("columns", data) if isinstance(data, Mapping) else data
    if isinstance(columns, Mapping):
        columns = [{"status": name, **row} for name, row in columns.items()]
    return [
        (str(row["status"]), int(row.get("count") or 0), float(row.get("value") or 0))
        for row in columns or ()
    ]
