"""A new node type is whole: it passes what the repository asks of every node type."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COPIED = ("shared", "tests/engines", "tests/fakes")


@pytest.fixture
def checkout(tmp_path):
    for folder in COPIED:
        shutil.copytree(
            ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    for name in ("pyproject.toml", "tests/__init__.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "tests" / "unit" / "nodes").mkdir(parents=True)
    return tmp_path


def _python(checkout, *arguments):
    done = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=checkout, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "options"),
    [("to_slack", []), ("every-full-moon", ["--kind", "producer", "--family", "producers"])],
)
def test_it_passes_every_check_as_it_is_written(millrace, checkout, name, options):
    result = millrace("new", "node", name, "--root", checkout, "--json", *options)
    assert result.exit_code == 0, result.output
    written = json.loads(result.stdout)
    _python(checkout, "ruff", "check", "--no-cache", *written["files"])
    _python(checkout, "ruff", "format", "--check", "--no-cache", *written["files"])
    if options:  # types are the same in each case, and they take seconds
        _python(checkout, "mypy", "--cache-dir", "/dev/null", "--follow-imports=silent",
                written["files"][0])  # fmt: skip
    _python(checkout, "pytest", "-q", written["files"][1])


def test_what_it_says_is_the_next_step(millrace, checkout):
    said = millrace("new", "node", "to-slack", "--root", checkout).stdout
    assert "to-slack: a blocking node" in said
    assert "pytest -q tests/unit/nodes/test_to_slack_node.py" in said
    assert "make generate" in said


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["ToSlack"], 2, "no usable name"),
        (["../x"], 2, "no usable name"),
        (["a__b"], 2, "no usable name"),
        (["class"], 2, "means something else"),
        (["x", "--kind", "loop"], 2, "blocking or producer"),
        (["x", "--family", "nope"], 1, "no folder of node types"),
        (["x", "--family", "../graph"], 1, "no folder of node types"),
        (["transform"], 1, "transform.py exists"),
        (["data"], 1, "exists"),
    ],
)
def test_what_it_refuses_leaves_nothing_behind(millrace, checkout, arguments, code, said):
    before = sorted(checkout.rglob("*"))
    result = millrace("new", "node", *arguments, "--root", checkout)
    assert result.exit_code == code
    assert said in result.stderr
    assert sorted(checkout.rglob("*")) == before
