"""A new pipeline is whole: it passes what the repository asks of every pipeline."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from shared.pipelines.definition import load_definitions

ROOT = Path(__file__).parents[2]


@pytest.fixture
def checkout(tmp_path):
    for folder in ("functions/pipeline_nodes", "shared"):
        shutil.copytree(
            ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    for name in ("pyproject.toml", "functions/__init__.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def _python(checkout, *arguments):
    done = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=checkout, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--on", "lead.deleted", "--on", "process_lead", "--node", "weigh", "--node", "answer"],
        [
            *(part for name in ("lead.created", "lead.updated", "lead.converted", "lead.rejected")
              for part in ("--on", name)),
            *(part for number in range(6) for part in ("--node", f"{'long_name_' * 2}{number}")),
        ],
    ],
)  # fmt: skip
def test_it_passes_every_check_as_it_is_written(millrace, checkout, options):
    result = millrace("new", "pipeline", "refunds", "--root", checkout, "--json", *options)
    assert result.exit_code == 0, result.output
    written = json.loads(result.stdout)
    made = next(p for p in load_definitions(checkout) if p.folder == "refunds")
    nodes = written["nodes"]
    assert (made.name, list(made.nodes)) == (written["pipeline"], nodes)
    assert list(made.starts_on) == written["starts_on"]
    _python(checkout, "ruff", "check", "--no-cache", *written["files"])
    _python(checkout, "ruff", "format", "--check", "--no-cache", *written["files"])
    if len(nodes) == 2:  # types are the same in each case, and they take seconds
        files = [name for name in written["files"] if name.startswith("functions")]
        _python(checkout, "mypy", "--cache-dir", "/dev/null", "--follow-imports=silent", *files)
    (test,) = (name for name in written["files"] if name.startswith("tests"))
    _python(checkout, "pytest", "-q", test)


def test_what_it_says_is_the_next_step(millrace, checkout):
    said = millrace("new", "pipeline", "refunds", "--root", checkout).stdout
    assert "functions/pipeline_nodes/refunds/pipeline.py" in said
    assert "make run" in said
    assert "millrace events put lead.status_changed --data" in said


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["Refunds"], 2, "'Refunds' is no usable name"),
        (["../x"], 2, "no usable name"),
        (["class"], 2, "means something else"),
        (["refunds", "--node", "pipeline"], 2, "means something else"),
        (["refunds", "--node", "a", "--node", "a"], 2, "twice"),
        (["refunds", "--on", "nope"], 1, "shared/events/catalog"),
        (["lead"], 1, "functions/pipeline_nodes/lead exists"),
        (["starter"], 1, "functions/pipeline_nodes/starter.py exists"),
    ],
)
def test_what_it_refuses_leaves_nothing_behind(millrace, checkout, arguments, code, said):
    before = sorted(checkout.rglob("*"))
    result = millrace("new", "pipeline", *arguments, "--root", checkout)
    assert result.exit_code == code
    assert said in result.stderr
    assert sorted(checkout.rglob("*")) == before


def test_a_folder_that_is_no_checkout(millrace, tmp_path):
    result = millrace("new", "pipeline", "refunds", "--root", tmp_path)
    assert result.exit_code == 1
    assert "is no checkout" in result.stderr
