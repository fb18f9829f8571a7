"""What happened to a lead."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from itertools import accumulate
from typing import Any, Final

from pydantic import Field

from shared.agents.tool import ToolArguments
from shared.assistant.desk import Desk
from shared.assistant.refused import RefusedError
from shared.assistant.told import Told
from shared.assistant.tool import ReadTool
from shared.crm.errors import LeadNotFoundError
from shared.events import Event
from shared.platform.clock import iso

_READ: Final = 200
_BYTES: Final = 8_000


class TimelineOf(ToolArguments):
    """Whose, and how much of it."""

    lead_id: str = Field(min_length=1, max_length=100)
    limit: int | None = Field(None, ge=1, le=50, description="Of the last entries; 10 if not given")


class LeadTimeline(ReadTool[TimelineOf]):
    """Reads the last entries; a deleted lead keeps its timeline."""

    name = "lead_timeline"
    description = "Tells what happened to a lead, the last entries, oldest first."
    Arguments = TimelineOf
    free_text = frozenset({"text"})
    example = {"lead_id": "01935f3e-7c1a-7b4e-9d2f-3a5b6c7d8e9f"}

    async def read(self, arguments: TimelineOf, desk: Desk) -> Told:
        """Reads."""
        try:
            events, more = await asyncio.to_thread(
                desk.leads.timeline, desk.tenant, arguments.lead_id, limit=_READ
            )
        except LeadNotFoundError:
            raise RefusedError("Lead not found", "lead_not_found") from None
        rows = _within([_row(event) for event in events[-(arguments.limit or 10) :]])
        of = f"{len(rows)} of the first {_READ}" if more else f"{len(rows)} of {len(events)}"
        return Told(success=True, message=f"{of} entries", data=rows, total=len(events))


def _row(event: Event) -> dict[str, Any]:
    row = {"at": iso(event.time), "event": event.event_type, "what": _what(event.data)}
    notes = str(event.data.get("notes") or "")
    return {**row, "text": notes[:300]} if notes else row


def _within(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The last of them that a result has room for."""
    sizes = accumulate(len(json.dumps(row)) for row in reversed(rows))
    return rows[len(rows) - sum(size <= _BYTES for size in sizes) :]


def _what(data: Mapping[str, Any]) -> str:
    """In words of the code alone."""
    if "new_status" in data:
        return f"{data.get('old_status')} to {data['new_status']}"
    if "changed_fields" in data:
        return f"changed {', '.join(map(str, data['changed_fields']))}"[:200]
    return ""
