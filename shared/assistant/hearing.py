"""What the code learns from each tool's outcome, and how the model is told of it.

It hears the outcomes that were noted before, too: a turn that is done again knows what it knew.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from shared.agents.calling import ToolOutcome
from shared.assistant.desk import Desk
from shared.assistant.told import shown
from shared.assistant.tool import AssistantTool
from shared.assistant.turn import FunctionResult
from shared.assistant.untrusted import Fence, has_free_text, plain
from shared.llm.messages import ToolCall

_SAID: Final = frozenset({"malformed_arguments", "timeout", "too_many_calls", "unavailable"})
"""Failures whose sentence is ours."""
_ARGUMENTS: Final = 4_000


class Hearing:
    """One turn's outcomes."""

    def __init__(self, desk: Desk, fence: Fence) -> None:
        self._desk, self._fence = desk, fence
        self.results: list[FunctionResult] = []

    @property
    def changed(self) -> bool:
        """Whether something was done that stands."""
        return self._desk.writes > 0

    def tell(self, call: ToolCall, outcome: ToolOutcome) -> str:
        """What the model is told of a call."""
        tool = self._desk.registry.find(call.name)
        result = self._result(call, outcome)
        if tool is not None and issubclass(tool, AssistantTool):
            self._learn(tool, outcome)
            told = self._fence.fenced({"data": result.get("data")}, tool.free_text)["data"]
            result_told = {**result, "data": told} if "data" in result else result
        else:
            result_told = result
        self.results.append(FunctionResult(plain(call.name, 64), _arguments(call), result))
        return json.dumps(result_told, ensure_ascii=False)

    def _result(self, call: ToolCall, outcome: ToolOutcome) -> dict[str, Any]:
        if outcome.ok and isinstance(outcome.value, Mapping):
            return shown(outcome.value)
        return {"success": False, "message": self._failure(call, outcome)}

    def _failure(self, call: ToolCall, outcome: ToolOutcome) -> str:
        name = plain(call.name, 64)
        if outcome.error == "unknown_tool":
            if self._desk.registry.find(call.name) is None:
                return f"Unknown function: {name}"
            return f"{name} is not open to this message; the user has to ask for it plainly"
        why = (
            outcome.message if outcome.error in _SAID else outcome.error or "its answer is too long"
        )
        return f"Error executing {name}: {why}"

    def _learn(self, tool: type[AssistantTool[Any]], outcome: ToolOutcome) -> None:
        desk, value = self._desk, outcome.value
        if outcome.cut:
            desk.untrusted = True
        if not outcome.ok or not isinstance(value, Mapping):
            return
        if has_free_text(value.get("data"), tool.free_text):
            desk.untrusted = True
        if tool.effects and value.get("success") and not value.get("requires_confirmation"):
            desk.writes += 1
        if value.get("ambiguous_ids"):
            desk.unclear |= set(value["ambiguous_ids"])
        elif value.get("found_ids") and desk.said(value.get("asked_for") or ""):
            desk.unclear -= set(value["found_ids"])


def _arguments(call: ToolCall) -> dict[str, Any]:
    """The arguments as they were given, without those that are null; none if they are no JSON."""
    try:
        found = json.loads(call.arguments[: _ARGUMENTS + 1])
    except (ValueError, RecursionError):
        return {}
    given = found if isinstance(found, dict) else {}
    return {name: value for name, value in given.items() if value is not None}
