"""Moves many leads to another column, after the user agreed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import Field

from shared.agents.tool import ToolArguments
from shared.assistant.desk import Desk, sentence_of
from shared.assistant.matching import find_matching_leads
from shared.assistant.pending import WaitingLead
from shared.assistant.reading import looked_at
from shared.assistant.refused import RefusedError
from shared.assistant.told import Told
from shared.assistant.tool import Planned, WriteTool
from shared.assistant.untrusted import named, plain
from shared.crm.lead import STATUSES, Lead, LeadStatus, StatusUpdate
from shared.identity.rights import Right

MOST: Final = 50
"""Leads of one call."""
_NAMED: Final = 10


class LeadsMove(ToolArguments):
    """Which leads, and where to: ids, or those of a column, of a search, or of both."""

    lead_ids: list[str] | None = Field(None, max_length=MOST)
    from_status: LeadStatus | None = None
    query: str | None = Field(None, max_length=200)
    new_status: LeadStatus


class MoveLeads(WriteTool[LeadsMove]):
    """Only ever stores what is asked about."""

    name = "move_leads"
    description = (
        "Moves several leads to another column, by ids, by column or by search. It is only done "
        "after the user confirmed it in a later message."
    )
    Arguments = LeadsMove
    level = 2
    right = Right.LEADS_CHANGE
    always_asks = True
    failed = "Failed to move leads"
    example = {"from_status": "Interest", "new_status": "Closed lost"}

    async def plan(self, arguments: LeadsMove, desk: Desk) -> Planned:
        """Finds the leads."""
        found = [
            lead for lead in await _meant(arguments, desk) if lead.status != arguments.new_status
        ]
        if not found:
            raise RefusedError("no lead is meant that is not there already")
        chosen = found[:MOST]
        for lead in chosen:
            desk.turn.principal.require_on(self.right, lead.owner_id)
        waiting = tuple(WaitingLead(lead.id, plain(lead.name), lead.version) for lead in chosen)
        return Planned(
            waiting, _asked(waiting, len(found), arguments.new_status), arguments.model_dump()
        )

    async def perform(
        self, arguments: Mapping[str, Any], leads: Sequence[WaitingLead], desk: Desk, key: str
    ) -> Told:
        """Moves one after the other; one that changed meanwhile is left."""
        to = StatusUpdate(status=arguments["new_status"])
        left: list[str] = []
        for lead in leads:
            try:
                await self._move(lead, to, desk, key)
            except Exception as error:
                left.append(f"{lead.name}: {sentence_of(error)}")
        moved = len(leads) - len(left)
        told = f"{moved} leads moved to '{to.status}'"
        if left:
            told += f"; left: {'; '.join(left[:_NAMED])}"
        return Told(success=moved > 0, message=told, data={"moved": moved, "left": len(left)})

    async def _move(self, lead: WaitingLead, to: StatusUpdate, desk: Desk, key: str) -> None:
        request = ["move", lead.id, to.status]
        step = f"{key}/{lead.id}"
        await desk.once(step, request, lambda by: desk.leads.move(by, lead.id, to), lead.version)


async def _meant(arguments: LeadsMove, desk: Desk) -> list[Lead]:
    if arguments.lead_ids:
        return [await desk.lead(each) for each in dict.fromkeys(arguments.lead_ids)]
    if not arguments.from_status and not (arguments.query or "").strip():
        raise RefusedError("say which leads: their ids, a column, or a search")
    columns = [arguments.from_status] if arguments.from_status else STATUSES
    looked = await looked_at(desk.leads.board, desk.tenant, columns)
    if not (arguments.query or "").strip():
        return looked.leads
    return [match.lead for match in find_matching_leads(arguments.query or "", looked.leads)]


def _asked(leads: Sequence[WaitingLead], found: int, to: str) -> str:
    shown = ", ".join(f"'{named(lead.name)}'" for lead in leads[:_NAMED])
    others = f" and {len(leads) - _NAMED} others" if len(leads) > _NAMED else ""
    first = f"the first {len(leads)} of {found}" if found > len(leads) else str(len(leads))
    return f"Move {first} leads to {to}: {shown}{others}?"
