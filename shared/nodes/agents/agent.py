"""A model that works with tools until it has an answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from shared.graph import BlockingNode, Data, NodeContext, NodeFailedError
from shared.nodes.agents.asking import StepsConfig, Text, as_text, ask, begun, inputs_as_text
from shared.nodes.agents.egress import checked_hosts
from shared.nodes.agents.ports import MEMORY, MODELS, TOOLS, Memory, Tools
from shared.nodes.agents.remembering import recalled, turns
from shared.nodes.agents.structured import conduct_of
from shared.nodes.config import Widget, json_value
from shared.nodes.data.validate_data import validator
from shared.nodes.example import Example

if TYPE_CHECKING:
    from shared.agents.agent import Conduct, Done


def _schema(value: Any) -> Any:
    if isinstance(value, str) and "{{" not in value:
        return json_value(value) if value.strip() else None
    return value


class AgentConfig(StepsConfig):
    """What it is asked, and what it may do."""

    prompt: Text = Field("", description="Empty: what comes in, as text")
    images: tuple[str, ...] = Field((), max_length=20, description="https: or data: addresses")
    tools: tuple[str, ...] = Field((), max_length=50, description="By name; see the list of tools")
    egress: tuple[str, ...] = Field(
        (), max_length=100, description="Servers its tools may ask: api.example.com, *.example.com"
    )
    output_schema: Annotated[dict[str, Any] | None, BeforeValidator(_schema), Widget("json")] = (
        Field(None, description="A JSON Schema that the answer must fit; else it is a text")
    )
    memory_key: str = Field(
        "", max_length=200, description="Whose conversation goes on: {{ data.session }}"
    )

    @field_validator("egress")
    @classmethod
    def _hosts(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return checked_hosts(names)

    @field_validator("images")
    @classmethod
    def _addresses(cls, found: tuple[str, ...]) -> tuple[str, ...]:
        for each in found:
            if not each.startswith(("https://", "data:image/", "{{")):
                raise ValueError(f"{each[:40]!r} is no image; write https://… or data:image/…")
        return found

    @model_validator(mode="after")
    def _readable(self) -> Self:
        if self.output_schema is not None:
            validator(json.dumps(self.output_schema))
        return self


class AgentNode(BlockingNode[AgentConfig]):
    """Every answer and every tool call is noted: a retry, or a run that is resumed, asks for none
    of them again. Which tools and which servers it may use stands in the flow and in no data."""

    type = "agent"
    aliases = ("llm-agent", "unified-llm-agent")
    Config = AgentConfig
    label = "Agent"
    description = "Asks a language model, which may call tools"
    needs = frozenset({MODELS, TOOLS})
    verbatim = frozenset({"tools", "egress", "output_schema"})
    result = {
        "output": "The answer: a text, or what fits the schema",
        "steps": "How often the model was asked",
        "tool_calls": "In their order: tool, arguments, ok, and the kind of error",
        "model": "As the provider names it",
        "end": "stop, or length when the answer was cut off",
    }
    example = Example(
        {"prompt": "Say hello to {{ data.name }}", "tools": ["calculator"]},
        {"name": "Ada"},
        {
            "agent": {
                "output": "You said: Say hello to Ada",
                "steps": 1,
                "tool_calls": [],
                "model": "fake",
                "end": "stop",
            }
        },
    )

    async def execute(
        self, config: AgentConfig, data: Data, context: NodeContext
    ) -> dict[str, Any]:
        """Asks, step by step."""
        prompt = as_text(config.prompt) or inputs_as_text(data)
        tools: Tools = context.ports[TOOLS]
        allowed = tools.some(config.tools)
        for name, tool in allowed.items():
            if tool.egress and not config.egress:
                raise NodeFailedError(
                    "EgressMissing", f"the tool {name} asks servers; name them in egress"
                )
        messages = begun(config, prompt, config.images)
        messages[-1:-1] = await recalled(config.memory_key, context)

        def conduct(most: int) -> Conduct:
            return conduct_of(config, config.max_steps or most, config.output_schema)

        done = await ask(config, conduct, messages, context, tools=allowed, egress=config.egress)
        if config.memory_key:
            memory: Memory = context.ports[MEMORY]
            said = turns(prompt, done.answer.text)
            await memory.remember(
                context.workflow, config.memory_key, said, context.idempotency_key()
            )
        return _result(config, done)


def _result(config: AgentConfig, done: Done) -> dict[str, Any]:
    text = done.answer.text
    return {
        "output": text if config.output_schema is None else json.loads(text),
        "steps": done.steps,
        "tool_calls": [called.as_json() for called in done.called],
        "model": done.answer.model,
        "end": "length" if done.answer.end == "length" else "stop",
    }
