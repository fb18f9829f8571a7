"""What the offline model replies where the tools of the CRM's assistant are offered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from local.offline_model.conversation import Asked, OfferedTool, Reply, called
from local.offline_model.crm.commands.deciding import Cancel, Confirm
from local.offline_model.crm.commands.small_talk import HELP
from local.offline_model.crm.heard import Heard, heard
from local.offline_model.crm.plans import Plan, Step, ToldError
from local.offline_model.crm.understanding import understood
from local.offline_model.crm.wording import OFFLINE

TOOLS: Final = frozenset({"search_leads", "board_summary"})
"""Whoever is offered one of them is the assistant."""
UNCLEAR: Final = "unclear"


def reply(asked: Asked) -> Reply | None:
    """The reply to a turn of the assistant, or None if this is somebody else's request."""
    if _wants_intent(asked.schema):
        return Reply(json.dumps({"intent": intent(heard(asked))}))
    so_far = heard(asked)
    if asked.schema is not None or not any(tool.name in TOOLS for tool in asked.tools):
        return None
    command, so_far = understood(so_far)
    if command is None:
        return Reply(f"I did not understand that. {OFFLINE}\n{HELP}")
    return _next(command.plan(so_far), so_far)


def intent(so_far: Heard) -> str:
    """What a user wants, as the assistant names it."""
    command, _ = understood(so_far)
    decides = isinstance(command, (Confirm, Cancel))
    return UNCLEAR if command is None or (decides and not so_far.question) else command.intent


def _next(plan: Plan, so_far: Heard) -> Reply:
    """The plan's next call after the results that there are, or what it says in the end."""
    try:
        step = next(plan)
        for result in so_far.results:
            step = plan.send(result)
    except StopIteration as end:
        return _said(str(end.value), so_far)
    except ToldError as told:
        return _said(str(told), so_far)
    tool = next((tool for tool in so_far.tools if tool.name == step.tool), None)
    if tool is None:
        return _said(f"That needs the tool {step.tool}, which I do not have here.", so_far)
    return called(tool.name, _arguments(step, tool))


def _said(text: str, so_far: Heard) -> Reply:
    return Reply(f"{text}\n{OFFLINE}" if so_far.is_first else text)


def _arguments(step: Step, tool: OfferedTool) -> dict[str, Any]:
    """Every field of a strict tool: what was not said is null, or empty where null is refused."""
    given = {name: value for name, value in step.arguments.items() if value is not None}
    properties: Mapping[str, Any] = tool.parameters.get("properties", {})
    for name in tool.parameters.get("required", ()):
        if name not in given:
            given[name] = "" if properties.get(name, {}).get("type") == "string" else None
    return given


def _wants_intent(schema: Mapping[str, Any] | None) -> bool:
    fields = (schema or {}).get("properties", {})
    return "destructive" in fields.get("intent", {}).get("enum", ())
