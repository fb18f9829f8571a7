"""The tools of agents."""

from __future__ import annotations

import json
from typing import Annotated

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
from shared.agents.calling import call_tool
from shared.agents.tool import ToolContext
from shared.identity.rights import Right
from shared.llm.messages import ToolCall
from shared.nodes.agents.egress import checked_hosts
from shared.platform.ids import new_id

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
    key = f"tool/{who.subject}/{name}/{idempotency_key or new_id()}"
    call = ToolCall(id="", name=name, arguments=json.dumps(body.arguments))
    done = await call_tool(at.tools, call, ToolContext(at.ports(who), key, egress))
    return ToolCallView(
        tool=name, ok=done.ok, result=done.value, error=done.error, message=done.message,
        cut=done.cut,
    )  # fmt: skip
