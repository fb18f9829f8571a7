"""One tool, without a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator

from shared.graph import BlockingNode, Data, NodeContext, NodeFailedError
from shared.nodes.agents.egress import checked_hosts
from shared.nodes.agents.ports import TOOLS, Tools
from shared.nodes.config import Choice, Choices, NodeConfig, Ports, Values, Widget, json_value
from shared.nodes.example import Example


async def tool_choices(values: Values, ports: Ports) -> Sequence[Choice]:
    """All tools that there are."""
    tools: Tools = ports[TOOLS]
    return [Choice(name, tool.description) for name, tool in tools.items()]


def _parsed(value: Any) -> Any:
    if isinstance(value, str) and "{{" not in value:
        return json_value(value) if value.strip() else {}
    return value


class ToolConfig(NodeConfig):
    """Which tool, with what."""

    tool: Annotated[str, Choices(tool_choices)] = Field(min_length=1, max_length=64)
    arguments: Annotated[dict[str, Any], BeforeValidator(_parsed), Widget("json")] = Field(
        {}, description="By name; the list of tools says which"
    )
    egress: tuple[str, ...] = Field((), max_length=100, description="Servers that it may ask")
    on_error: Literal["fail", "result"] = Field(
        "fail", description="Whether a failure fails the node, or is its result"
    )

    @field_validator("egress")
    @classmethod
    def _hosts(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return checked_hosts(names)


class ToolNode(BlockingNode[ToolConfig]):
    """Does what an agent could have done, when the flow says so; once for all tries."""

    type = "tool"
    Config = ToolConfig
    label = "Tool"
    description = "Calls one of the tools that agents have"
    needs = frozenset({TOOLS})
    verbatim = frozenset({"tool", "egress"})
    result = {
        "tool": "Its name",
        "ok": "Whether it did its work",
        "output": "What it gave; of too long an answer, the beginning as a text",
        "error": "null, or {type, message}",
        "cut": "Whether the output is only the beginning",
    }
    example = Example(
        {"tool": "calculator", "arguments": {"expression": "{{ data.price }} * 3"}},
        {"price": 14},
        {
            "tool": {
                "tool": "calculator",
                "ok": True,
                "output": {"result": 42},
                "error": None,
                "cut": False,
            }
        },
    )

    async def execute(self, config: ToolConfig, data: Data, context: NodeContext) -> dict[str, Any]:
        """Calls."""
        import json

        from shared.agents.calling import call_tool
        from shared.agents.tool import ToolContext
        from shared.llm.messages import ToolCall

        tools: Tools = context.ports[TOOLS]
        call = ToolCall(id="", name=config.tool, arguments=json.dumps(config.arguments))
        key = context.idempotency_key()
        outcome = await call_tool(tools, call, ToolContext(context.ports, key, config.egress))
        if not outcome.ok and config.on_error == "fail":
            raise NodeFailedError(_camel(outcome.error or ""), f"{config.tool}: {outcome.message}")
        told = {"type": outcome.error, "message": outcome.message}
        error = None if outcome.ok else told
        return {
            "tool": config.tool, "ok": outcome.ok, "output": outcome.value, "error": error,
            "cut": outcome.cut,
        }  # fmt: skip


def _camel(kind: str) -> str:
    """The kinds of our own are written as other types of errors are."""
    return kind.title().replace("_", "") if kind.islower() else kind
