"""The grammar of CRM commands over HTTP: the real client, both APIs, whole and in pieces."""

from __future__ import annotations

import json

from pydantic import BaseModel

from shared.llm.messages import AssistantMessage, ToolMessage, UserMessage
from shared.llm.port import Finished, Request, TextDelta
from shared.llm.schemas import OutputSchema
from shared.llm.tools import Tool


class Search(BaseModel):
    """Finds leads."""

    query: str
    status: str | None = None


class Move(BaseModel):
    """Moves a lead."""

    lead_id: str
    new_status: str


TOOLS = [Tool.of(Search, "search_leads"), Tool.of(Move, "update_lead_status")]
RESULTS = {
    "search_leads": {
        "success": True, "message": "Found 1", "data": [{"id": "l1", "name": "Jane Doe"}],
    },
    "update_lead_status": {"success": True, "message": "Lead status updated to 'Meeting booked'"},
}  # fmt: skip
INTENT = OutputSchema(
    "turn_intent",
    {"type": "object", "properties": {"intent": {"enum": ["question", "change", "destructive"]}}},
)


def last(model, request):
    """The whole answer, which its pieces add up to."""
    events = list(model.stream(request))
    answer = events[-1].answer
    assert isinstance(events[-1], Finished)
    assert "".join(e.text for e in events if isinstance(e, TextDelta)) == answer.text
    assert model.answer(request).tool_calls == answer.tool_calls
    return answer


def test_the_seeds_message_searches_moves_and_says_so(desk):
    model = desk.model()
    messages = [UserMessage(text="Move Jane Doe to meeting booked")]
    called = []
    while (answer := last(model, Request(messages, tools=TOOLS))).tool_calls:
        (call,) = answer.tool_calls
        called.append((call.name, json.loads(call.arguments)))
        messages.append(AssistantMessage(tool_calls=answer.tool_calls))
        messages.append(ToolMessage(call_id=call.id, text=json.dumps(RESULTS[call.name])))
    assert called == [
        ("search_leads", {"query": "Jane Doe", "status": None}),
        ("update_lead_status", {"lead_id": "l1", "new_status": "Meeting booked"}),
    ]
    assert "Lead status updated to 'Meeting booked'" in answer.text


def test_intents(desk):
    request = Request([UserMessage(text="delete Jane Doe")], output=INTENT)
    assert json.loads(desk.model().answer(request).text) == {"intent": "destructive"}
