"""The tools of agents."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Header

from functions.web.access import PrincipalDep, needs
from functions.web.problems import BadRequestError
from functions.workflow_loops.asking import AskingDep
from functions.workflow_loops.views_asking import (
    ToolCallBody,
    ToolCallView,
    ToolsView,
    ToolView,
)
from shared.identity.rights import Right
from shared.nodes.agents.egress import checked_hosts
from shared.platform.ids import new_id

_GIVEN: Final = "{{ data.arguments }}"
"""As they were sent: nothing in them is a template."""

router = APIRouter(prefix="/tools", tags=["tools"])


@router.get("/", dependencies=[needs(Right.WORKFLOWS_VIEW)])
async def tools(at: AskingDep) -> ToolsView:
    """All tools with their schemas."""
    found = [ToolView.of(tool) for _, tool in at.tools.items()]
    return ToolsView(tools=found, count=len(found))


@router.post("/{name}/execute/", dependencies=[needs(Right.TOOLS_RUN, cost=20)])
async def execute(
    name: str,
    body: ToolCallBody,
    who: PrincipalDep,
    at: AskingDep,
    idempotency_key: Annotated[str, Header(max_length=200)] = "",
) -> ToolCallView:
    """Calls a tool with the rights of the caller; the same `Idempotency-Key` changes once."""
    at.tools.get(name)
    try:
        egress = checked_hosts(tuple(body.egress))
    except ValueError as error:
        raise BadRequestError("egress", str(error), "write api.example.com") from None
    config = {"tool": name, "arguments": _GIVEN, "egress": list(egress), "on_error": "result"}
    node = {"id": "tool", "type": "tool", "config": config}
    trial = {
        "mode": "graph", "graph": {"nodes": [node]}, "given": {"arguments": body.arguments},
        "execution_id": f"tool-{who.subject}-{idempotency_key or new_id()}",
    }  # fmt: skip
    ended = await at.trials.run(who, "", trial)
    if ended["error"]:
        told = ended["error"]
        return ToolCallView(tool=name, ok=False, error=told["type"], message=told["message"])
    done = ended["result"]["tool"]
    failure = done["error"] or {"type": None, "message": ""}
    return ToolCallView(
        tool=name, ok=done["ok"], result=done["output"], error=failure["type"],
        message=failure["message"], cut=done["cut"],
    )  # fmt: skip
