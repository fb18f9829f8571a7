"""A new tool is whole: an agent calls it, with no line written by hand."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def checkout(tmp_path):
    for folder in ("shared", "tests/fakes"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignored)
    for name in ("pyproject.toml", "tests/__init__.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "tests" / "unit" / "agents").mkdir(parents=True)
    return tmp_path


def _python(checkout, *arguments):
    done = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=checkout, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_passes_every_check_as_it_is_written(millrace, checkout):
    result = millrace("new", "tool", "moon-phase", "--root", checkout, "--json")
    assert result.exit_code == 0, result.output
    written = json.loads(result.stdout)
    assert written["tool"] == "moon_phase"
    _python(checkout, "ruff", "check", "--no-cache", *written["files"])
    _python(checkout, "ruff", "format", "--check", "--no-cache", *written["files"])
    _python(checkout, "mypy", "--cache-dir", "/dev/null", "--follow-imports=silent",
            written["files"][0])  # fmt: skip
    _python(checkout, "pytest", "-q", written["files"][1])


def test_what_it_says_is_the_next_step(millrace, checkout):
    said = millrace("new", "tool", "moon-phase", "--root", checkout).stdout
    assert "pytest -q tests/unit/agents/test_moon_phase_tool.py" in said


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("MoonPhase", 2, "no usable name of a tool"),
        ("../x", 2, "no usable name"),
        ("class", 2, "means something else"),
        ("calculator", 1, "calculator.py exists"),
    ],
)
def test_a_wrong_name_is_refused(millrace, checkout, name, code, said):
    result = millrace("new", "tool", name, "--root", checkout)
    assert (result.exit_code, said in result.output) == (code, True)
