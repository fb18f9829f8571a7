"""The examples of docs/llm.md run as they stand, and it names every fault and every error."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import get_args

from local.offline_model.script import FaultKind
from shared.llm import errors

PAGE = (Path(__file__).parents[2] / "docs" / "llm.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language} run\n(.*?)```", PAGE, re.DOTALL)


def test_the_python_runs(offline, capsys):
    names = {"offline_url": offline.url}
    for block in blocks("python"):
        exec(compile(block, "docs/llm.md", "exec"), names)
    assert "offline model" in capsys.readouterr().out


def test_the_shell_runs(offline):
    (script,) = blocks("sh")
    own = script.replace("localhost:8002", f"localhost:{offline.port}")
    done = subprocess.run(["bash", "-euc", own], capture_output=True, text=True, check=True)
    assert '"content":"Hello"' in done.stdout.replace(" ", "")
    assert '"asked":[{' in done.stdout.replace(" ", "")


def kinds(error: type[errors.LLMProviderError]) -> set[str]:
    return {error.kind} | {kind for below in error.__subclasses__() for kind in kinds(below)}


def test_nothing_is_left_out():
    named = set(re.findall(r"`(\w+)`", PAGE))
    assert set(get_args(FaultKind)) <= named
    assert kinds(errors.LLMProviderError) - {"provider"} <= named
