"""The text of a new node type: its class, and a test on it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

NODES: Final = Path("shared") / "nodes"
KINDS: Final = {"blocking": "BlockingNode", "producer": "ProducerNode"}

_NODE: Final = '''"""{sentence}."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shared.graph import {imports}
from shared.nodes.config import NodeConfig
from shared.nodes.example import Example


class {name}Config(NodeConfig):
    """What its form asks for."""

    text: str = Field(min_length=1, description="May have templates: {{{{ data.name }}}}")


class {name}Node({base}[{name}Config]):
    """Write here what it does."""

    type = "{type}"
    Config = {name}Config
    label = "{label}"
    description = "{sentence}"
    result = {{"text": "The text as it was rendered"}}
    example = Example(
        {{"text": "Dear {{{{ data.name }}}}"}},
        {{"name": "Ada"}},
        {{"{key}": {{"text": "Dear Ada"}}}},
    )
{setup}
    def execute(self, config: {name}Config, data: Data, context: NodeContext) -> Any:
        """Does its work for one item."""
{body}
'''

_SETUP: Final = '''
    async def setup(self, context: NodeContext) -> None:
        """Nothing was given yet."""
        self._done = False
'''
_BODY: Final = {
    "blocking": '        return {"text": config.text}',
    "producer": """        if self._done:
            return EXECUTION_COMPLETED
        self._done = True
        return {"text": config.text}""",
}

_TEST: Final = '''"""The node type {type}."""

from __future__ import annotations

from shared.nodes import registry
from tests.engines.both import on_both
from tests.fakes.graphs import graph, node


def test_its_example_is_true_on_both_engines():
    example = registry().get("{type}").example
    done = on_both(graph([node("it", "{type}", **example.config)]), example.data)
    assert done["error"] is None
    assert done["result"] == {{**example.data, **example.result}}


def test_its_form_wants_a_text():
    assert not registry().get("{type}").is_ready({{"text": ""}})
'''


def files(name: str, family: str, kind: str) -> dict[Path, str]:
    """Every file of a new node type by its path in the checkout; `name` is its module's."""
    words = name.split("_")
    used = ["Data", KINDS[kind], "NodeContext", *(["EXECUTION_COMPLETED"] * (kind == "producer"))]
    text = _NODE.format(
        name="".join(word.title() for word in words),
        type=name.replace("_", "-"),
        key=name,
        label=" ".join(words).capitalize(),
        sentence=f"Does what {' '.join(words)} means",
        base=KINDS[kind],
        imports=", ".join(sorted(used, key=lambda each: (not each.isupper(), each))),
        setup=_SETUP if kind == "producer" else "",
        body=_BODY[kind],
    )
    folder = NODES / family
    return {folder / f"{name}.py": text, test_path(name): _TEST.format(type=name.replace("_", "-"))}


def test_path(name: str) -> Path:
    """Where its test lies."""
    return Path("tests") / "unit" / "nodes" / f"test_{name}_node.py"
