"""A conversation with the offline model, as the assistant leads it."""

from __future__ import annotations

import json
from typing import Any

from local.offline_model import Grammars, chat
from local.offline_model.replying import unscripted
from tests.phrasings.memory_crm import MemoryCrm

INTENTS = ("question", "search", "create", "change", "destructive", "unclear")
SCHEMA = {
    "type": "object", "properties": {"intent": {"type": "string", "enum": list(INTENTS)}},
    "required": ["intent"], "additionalProperties": False,
}  # fmt: skip
MOST_STEPS = 6


class Talk:
    """One session: messages go in, answers come out, the CRM changes."""

    def __init__(self) -> None:
        self.crm = MemoryCrm()
        self.history: list[dict[str, Any]] = []
        self._grammars = Grammars()

    def say(self, message: str) -> tuple[str, str]:
        """The intent and the answer of one turn."""
        intent = self._intent(message)
        self.crm.calls.clear()
        user = {"role": "user", "content": message}
        messages = [
            {"role": "system", "content": "You help with leads."},
            *self.history[-10:],
            user,
        ]
        tools = self.crm.offered(intent, agrees="no" not in message.lower().split()[:1])
        text = self._answer(messages, tools)
        self.history += [user, {"role": "assistant", "content": text}]
        return intent, text

    def _intent(self, message: str) -> str:
        form = {"type": "json_schema", "json_schema": {"name": "turn_intent", "schema": SCHEMA}}
        last = [said for said in self.history if said["role"] == "assistant"][-1:]
        user = {"role": "user", "content": message}
        body = {"model": "m", "messages": [*last, user], "response_format": form}
        found = json.loads(unscripted(chat.asked(body), self._grammars).text)["intent"]
        assert found in INTENTS
        return str(found)

    def _answer(self, messages: list[dict[str, Any]], tools: list[dict[str, Any]]) -> str:
        for _ in range(MOST_STEPS):
            body = {"model": "m", "messages": messages, "tools": tools}
            reply = unscripted(chat.asked(body), self._grammars)
            if not reply.calls:
                return reply.text
            ((name, arguments),) = reply.calls
            call = {"id": f"c{len(messages)}", "type": "function",
                    "function": {"name": name, "arguments": arguments}}  # fmt: skip
            result = self.crm.call(name, json.loads(arguments))
            messages.append({"role": "assistant", "content": None, "tool_calls": [call]})
            messages.append(
                {"role": "tool", "tool_call_id": call["id"], "content": json.dumps(result)}
            )
        raise AssertionError("it never came to an end")
