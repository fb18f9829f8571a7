"""One call of a tool: whatever comes of it is a typed, bounded answer that a model can read."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel

from shared.agents.registry import ToolRegistry
from shared.agents.tool import ToolContext
from shared.llm.errors import MalformedArgumentsError
from shared.llm.messages import ToolCall
from shared.llm.tools import arguments_of

MOST: Final = 16_000
"""Characters of an answer that a model is shown; the rest is cut off, and it is told so."""
_MESSAGE: Final = 1_000


@dataclass(frozen=True, slots=True)
class ToolOutcome:
    """What came of a call."""

    tool: str
    ok: bool
    value: Any
    """The result as JSON; of an answer that is too long, its beginning as a text."""
    error: str | None = None
    """What kind of failure: `unknown_tool`, `malformed_arguments`, `timeout`, or the tool's own."""
    message: str = ""
    size: int = 0
    """Characters of the whole answer."""
    cut: bool = False

    def as_json(self) -> dict[str, Any]:
        """As it stands in the record."""
        return {
            "tool": self.tool, "ok": self.ok, "value": self.value, "error": self.error,
            "message": self.message, "size": self.size, "cut": self.cut,
        }  # fmt: skip

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> ToolOutcome:
        """The outcome that `as_json` wrote."""
        return cls(**raw)

    def text(self) -> str:
        """What the model is told."""
        if not self.ok:
            return json.dumps({"error": self.error, "message": self.message})
        if self.cut:
            told = f"the answer has {self.size:,} characters; this is its beginning, ask for less"
            return json.dumps({"cut": told, "beginning": self.value}, ensure_ascii=False)
        return json.dumps(self.value, ensure_ascii=False)


async def call_tool(tools: ToolRegistry, call: ToolCall, context: ToolContext) -> ToolOutcome:
    """Calls a tool; only a cancelled run is raised."""
    tool = tools.find(call.name)
    if tool is None:
        known = ", ".join(name for name, _ in tools.items()) or "none"
        return _failed(call.name[:64], "unknown_tool", f"there is no such tool; there are {known}")
    if missing := sorted(tool.needs - context.ports.keys()):
        told = f"the tool needs {', '.join(missing)}, which this deployment does not give"
        return _failed(tool.name, "unavailable", told)
    try:
        arguments = arguments_of(call, tool.Arguments)
        limit = asyncio.timeout(tool.timeout)
        async with limit:
            found = await tool().execute(arguments, context)
            return outcome_of(tool.name, found)
    except MalformedArgumentsError as error:
        return _failed(tool.name, error.kind, str(error))
    except TimeoutError as error:
        kind, told = "timeout", f"took longer than {tool.timeout:g} s; ask for less"
        return _failed(tool.name, kind, told if limit.expired() else str(error) or kind)
    except asyncio.CancelledError:
        if (task := asyncio.current_task()) is None or task.cancelling():
            raise
        return _failed(tool.name, "cancelled", "the tool cancelled itself")
    except (Exception, SystemExit) as error:
        kind = str(getattr(error, "error_type", None) or type(error).__name__)
        return _failed(tool.name, kind, str(error) or kind)


def outcome_of(tool: str, found: Any) -> ToolOutcome:
    """What a tool gave, as JSON of bounded length.

    Raises:
        TypeError: it is no JSON.
        ValueError: it has numbers that JSON has not.
    """
    value = found.model_dump(mode="json") if isinstance(found, BaseModel) else found
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if len(text) > MOST:
        return ToolOutcome(tool, True, text[:MOST], size=len(text), cut=True)
    return ToolOutcome(tool, True, value, size=len(text))


def _failed(tool: str, kind: str, message: str) -> ToolOutcome:
    return ToolOutcome(tool, False, None, kind, message[:_MESSAGE])
