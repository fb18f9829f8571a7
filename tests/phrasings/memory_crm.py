"""A CRM in memory behind the assistant's tools: enough to see what a phrasing does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz

from shared.crm.lead import STATUSES

LEADS = Path(__file__).with_name("leads.json")
NOT_GIVEN = (None, "")
TEXT = {"type": "string"}


def _maybe(kind: str) -> dict[str, Any]:
    return {"anyOf": [{"type": kind}, {"type": "null"}]}


TOOLS: dict[str, tuple[int, dict[str, Any]]] = {
    "search_leads": (0, {
        "query": _maybe("string"), "status": _maybe("string"), "source": _maybe("string"),
        "min_value": _maybe("number"), "max_value": _maybe("number"), "limit": _maybe("integer"),
        "cursor": _maybe("string"),
    }),
    "get_lead": (0, {"lead_id": TEXT}),
    "board_summary": (0, {}),
    "lead_timeline": (0, {"lead_id": TEXT, "limit": _maybe("integer")}),
    "create_lead": (1, {
        "name": TEXT, "company": _maybe("string"), "email": _maybe("string"),
        "phone": _maybe("string"), "value": _maybe("number"), "notes": _maybe("string"),
        "source": _maybe("string"), "status": _maybe("string"),
    }),
    "update_lead_status": (2, {"lead_id": TEXT, "new_status": TEXT}),
    "update_lead_data": (2, {"lead_id": TEXT, "field": TEXT, "value": TEXT}),
    "move_leads": (2, {
        "lead_ids": {"anyOf": [{"type": "array", "items": TEXT}, {"type": "null"}]},
        "from_status": _maybe("string"), "query": _maybe("string"), "new_status": TEXT,
    }),
    "delete_lead": (3, {"lead_id": TEXT}),
}  # fmt: skip
"""From which wish on a tool is offered, and what it takes."""
LEVELS = {"unclear": 0, "question": 0, "search": 0, "create": 1, "change": 2, "destructive": 3}
DECIDING = {"confirm_action": {"action_id": TEXT}, "cancel_action": {"action_id": TEXT}}


class MemoryCrm:
    """The leads of `leads.json`, and what was asked of them."""

    def __init__(self) -> None:
        self.leads: dict[str, dict[str, Any]] = {
            lead["id"]: lead for lead in json.loads(LEADS.read_text())
        }
        self.calls: list[list[Any]] = []
        self.pending: dict[str, Any] | None = None

    def offered(self, intent: str, *, agrees: bool) -> list[dict[str, Any]]:
        """The tools of a turn, in the format of Chat Completions."""
        fields = {name: of for name, (level, of) in TOOLS.items() if level <= LEVELS[intent]}
        if self.pending:
            action = {"action_id": {"type": "string", "enum": ["action-1"]}}
            fields |= {name: action for name in DECIDING if agrees or name == "cancel_action"}
        return [_tool(name, properties) for name, properties in fields.items()]

    def call(self, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Does what a tool does, or stores it."""
        given = {key: value for key, value in arguments.items() if value not in NOT_GIVEN}
        self.calls.append([name, given])
        if "lead_id" in given and given["lead_id"] not in self.leads:
            return {"success": False, "message": "Lead not found"}
        done: dict[str, Any] = getattr(self, f"_{name}")(**given)
        return {"success": True, **done}

    def board(self) -> dict[str, list[str]]:
        """The names in each column."""
        return {
            status: [lead["name"] for lead in self.leads.values() if lead["status"] == status]
            for status in STATUSES
        }

    def _search_leads(
        self,
        query: str = "",
        status: str | None = None,
        source: str | None = None,
        min_value: float = 0,
        max_value: float = 10**9,
        limit: int = 10,
    ) -> dict[str, Any]:
        scored = [(_score(query, lead), lead) for lead in self.leads.values()]
        found = [
            (score, lead) for score, lead in sorted(scored, key=lambda each: -each[0])
            if score and status in (None, lead["status"]) and source in (None, lead["source"])
            and min_value <= lead["value"] <= max_value
        ]  # fmt: skip
        ambiguous = len(found) > 1 and found[0][0] - found[1][0] <= 24
        data = [{key: value for key, value in lead.items() if key != "notes"} for _, lead in found]
        return {"data": data[:limit], "total": len(found), "ambiguous": ambiguous,
                "message": f"Found {len(found)} matching leads"}  # fmt: skip

    def _get_lead(self, lead_id: str) -> dict[str, Any]:
        return {"data": self.leads[lead_id], "message": "Found"}

    def _board_summary(self) -> dict[str, Any]:
        columns = [
            {"status": status, "count": len(names),
             "value": sum(x["value"] or 0 for x in self.leads.values() if x["status"] == status)}
            for status, names in self.board().items()
        ]  # fmt: skip
        return {"data": {"columns": columns}, "message": "The board"}

    def _lead_timeline(self, lead_id: str, limit: int = 10) -> dict[str, Any]:
        events = [{"at": "2026-01-15T10:30:00Z", "event": "lead.created", "what": "created"}]
        return {"data": events[:limit], "message": "The timeline"}

    def _create_lead(self, name: str, status: str = "Interest", **fields: Any) -> dict[str, Any]:
        made = {"id": name.lower().replace(" ", "-"), "name": name, "status": status}
        empty = dict.fromkeys(("company", "email", "phone", "value", "source", "notes"))
        lead = self.leads[made["id"]] = {**empty, **made, **fields}
        lead["value"] = lead["value"] or 0
        return {"data": lead, "message": f"New lead '{name}' created successfully"}

    def _update_lead_status(self, lead_id: str, new_status: str) -> dict[str, Any]:
        assert new_status in STATUSES
        self.leads[lead_id]["status"] = new_status
        return {"message": f"Lead status updated to '{new_status}'"}

    def _update_lead_data(self, lead_id: str, field: str, value: str) -> dict[str, Any]:
        self.leads[lead_id][field] = float(value) if field == "value" else value
        return {"message": f"Lead {field} updated to '{value}'"}

    def _delete_lead(self, lead_id: str) -> dict[str, Any]:
        lead = self.leads[lead_id]
        return self._ask(
            f"Delete the lead '{lead['name']}'?", [lead], lambda: self.leads.pop(lead_id)
        )

    def _move_leads(
        self, new_status: str, from_status: str = "", query: str = ""
    ) -> dict[str, Any]:
        moved = [
            lead for lead in self.leads.values()
            if from_status in ("", lead["status"]) and _score(query, lead)
        ]  # fmt: skip

        def move() -> None:
            for lead in moved:
                lead["status"] = new_status

        return self._ask(f"Move {len(moved)} leads to {new_status}?", moved, move)

    def _ask(self, asked: str, leads: list[dict[str, Any]], do: Any) -> dict[str, Any]:
        self.pending = {"do": do}
        shown = [{"id": lead["id"], "name": lead["name"]} for lead in leads]
        return {"requires_confirmation": True, "data": {"action_id": "action-1", "leads": shown},
                "message": f"{asked} Answer yes to confirm, or no."}  # fmt: skip

    def _confirm_action(self, action_id: str) -> dict[str, Any]:
        assert self.pending
        self.pending["do"]()
        self.pending = None
        return {"message": "Done."}

    def _cancel_action(self, action_id: str) -> dict[str, Any]:
        self.pending = None
        return {"message": "Cancelled; nothing was changed."}


def _score(query: str, lead: dict[str, Any]) -> float:
    if not query:
        return 1
    text, wanted = f"{lead['name']} {lead['company']} {lead['email']}".lower(), query.lower()
    if wanted in {lead["name"].lower(), lead["email"]}:
        return 200
    if all(word in text for word in wanted.split()):
        return 90 if lead["name"].lower().startswith(wanted) else 70
    near = fuzz.ratio(wanted, lead["name"].lower())
    return near / 2 if near > 85 else 0


def _tool(name: str, properties: dict[str, Any]) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties, "required": list(properties),
              "additionalProperties": False}  # fmt: skip
    return {"type": "function", "function": {"name": name, "parameters": schema, "strict": True}}
