"""The examples in the documentation run."""

from __future__ import annotations

import ast
import asyncio
import inspect
import json
import re
import textwrap
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest

from shared.graph import FlowEngine, load_flow, validate
from shared.nodes import registry

TEXT = (Path(__file__).parents[3] / "docs" / "graph.md").read_text()
PYTHON = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
JSON = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.parametrize("number", range(len(PYTHON)))
def test_python_examples_run(number: int) -> None:
    code = compile(PYTHON[number], "graph.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    names: dict[str, Any] = {"__name__": "example"}
    if code.co_flags & inspect.CO_COROUTINE:
        asyncio.run(_function(code, names)())
    else:
        exec(code, names)


def _function(code: CodeType, names: dict[str, Any]) -> Any:
    return FunctionType(code, names)


def test_the_json_example_is_valid_and_runs() -> None:
    graph = load_flow(json.loads(JSON[0]))
    assert validate(graph, registry()).problems == ()
    run = asyncio.run(FlowEngine(registry()).run(graph, {"numbers": [1, 2]}))
    assert (run.result or {})["loop_results"] == [{"twice": 2}, {"twice": 4}]


def test_the_builder_in_the_code_reads_as_documented() -> None:
    from shared.graph import builder

    found = re.findall(r"```python\n(.*?)```", builder.__doc__ or "", re.DOTALL)
    names: dict[str, Any] = {"flow": builder.flow, "step": builder.step}
    exec(textwrap.dedent(found[0]), names)
    assert [node.id for node in names["onboarding"].nodes] == [
        "transform", "if", "approval", "small", "emit-event",
    ]  # fmt: skip
