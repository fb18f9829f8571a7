"""The text of a new tool of agents: its class, and a test on it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

TOOLS: Final = Path("shared") / "tools"

_TOOL: Final = '''"""{sentence}."""

from __future__ import annotations

from pydantic import BaseModel, Field

from shared.agents.tool import BaseTool, ToolArguments, ToolContext


class {name}Arguments(ToolArguments):
    """What a model gives it."""

    text: str = Field(min_length=1, max_length=1_000, description="What the model reads of it")


class {name}Result(BaseModel):
    """What the model gets back."""

    text: str


class {name}(BaseTool[{name}Arguments]):
    """Write here what it does."""

    name = "{tool}"
    description = "{sentence}."
    Arguments = {name}Arguments
    Result = {name}Result
    example = {{"text": "hello"}}

    async def execute(self, arguments: {name}Arguments, context: ToolContext) -> {name}Result:
        """Does its work for one call; what it raises is told to the model."""
        return {name}Result(text=arguments.text)
'''

_TEST: Final = '''"""The tool {tool}."""

from __future__ import annotations

import asyncio

from shared.agents.calling import call_tool
from shared.agents.tool import ToolContext
from shared.llm.messages import ToolCall
from shared.tools import registry
from tests.fakes.graphs import graph, node, run
from tests.fakes.models import FakeModels, ScriptedModel, called, said
from tests.fakes.node_ports import node_ports


def call(arguments):
    asked = ToolCall(id="c", name="{tool}", arguments=arguments)
    return asyncio.run(call_tool(registry(), asked, ToolContext(node_ports())))


def test_it_does_its_work():
    assert call('{{"text": "hello"}}').value == {{"text": "hello"}}


def test_it_tells_the_model_what_is_wrong():
    assert call('{{"text": ""}}').error == "malformed_arguments"


def test_an_agent_calls_it():
    model = ScriptedModel(called(("{tool}", {{"text": "hello"}})), said("done"))
    flow = graph([node("a", "agent", prompt="?", tools=["{tool}"])])
    done = run(flow, engine={{"ports": {{**node_ports(), "models": FakeModels(model)}}}})
    assert done.output("a")["tool_calls"][0]["ok"]
'''


def files(name: str) -> dict[Path, str]:
    """Every file of a new tool by its path in the checkout."""
    words = name.split("_")
    made = {
        "name": "".join(word.title() for word in words),
        "tool": name,
        "sentence": f"Does what {' '.join(words)} means",
    }
    return {TOOLS / f"{name}.py": _TOOL.format(**made), test_path(name): _TEST.format(**made)}


def test_path(name: str) -> Path:
    """Where its test lies."""
    return Path("tests") / "unit" / "agents" / f"test_{name}_tool.py"
