"""Which tools which wish opens, as `docs/assistant-safety.md` shows it."""

from __future__ import annotations

from shared.agents.registry import ToolRegistry
from shared.assistant import tools
from shared.assistant.intents import LEVELS
from shared.assistant.tool import AssistantTool, WriteTool
from shared.assistant.turn import INTENTS


def table() -> str:
    """A row for each tool."""
    head = ["tool", *INTENTS, "right", "done"]
    rows = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for name, tool in ToolRegistry.of(tools).items():
        assert issubclass(tool, AssistantTool)
        marks = ["yes" if tool.offered and tool.level <= LEVELS[each] else "" for each in INTENTS]
        cells = [f"`{name}`", *marks, tool.right, _done(tool)]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def _done(tool: type[AssistantTool]) -> str:
    if not tool.offered:
        return "while an action waits"
    if issubclass(tool, WriteTool):
        return "after a yes" if tool.always_asks else "at once, or after a yes"
    return "reads"
