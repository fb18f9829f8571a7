"""The examples of docs/agents.md run as they stand, and it names every tool and every node."""

from __future__ import annotations

import re
from pathlib import Path

from shared.nodes import registry as nodes
from shared.tools import registry as tools

PAGE = (Path(__file__).parents[2] / "docs" / "agents.md").read_text()


def test_the_python_runs(models):
    blocks = re.findall(r"```python run\n(.*?)```", PAGE, re.DOTALL)
    assert blocks
    for block in blocks:
        exec(compile(block, "docs/agents.md", "exec"), {"models": models})


def test_nothing_is_left_out():
    named = set(re.findall(r"`([\w-]+)`", PAGE))
    types = [n for n in nodes() if nodes().get(n).__module__.startswith("shared.nodes.agents")]
    assert not {*tools(), *types} - named
