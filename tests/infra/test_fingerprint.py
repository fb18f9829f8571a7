"""The fingerprint changes with what shapes the template, and with nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.fingerprint import FINGERPRINT_FILE, fingerprint, is_current


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A tree with one construct and one pipeline."""
    for name in ("infra/app.py", "functions/pipeline_nodes/lead/pipeline.py"):
        _write(tmp_path, name, "one = 1\n")
    return tmp_path


def _write(root: Path, name: str, content: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode())


@pytest.mark.parametrize(
    "name",
    [
        "infra/app.py",
        "infra/constructs/new.py",
        "functions/pipeline_nodes/lead/pipeline.py",
        "functions/pipeline_nodes/deal/pipeline.py",
        "shared/pipelines/asl.py",
        "shared/pipelines/paths.py",
        "shared/identity/paths.py",
        "shared/events/catalog/deals.py",
        "requirements/synth.lock",
        "cdk.json",
    ],
)
def test_it_changes_with_a_source(root: Path, name: str) -> None:
    before = fingerprint(root)
    _write(root, name, "two = 2\n")
    assert fingerprint(root) != before


@pytest.mark.parametrize(
    "name",
    [
        "infra/blueprint/data.json",
        "functions/pipeline_nodes/lead/analyze.py",
        "functions/pipeline_nodes/_draft/pipeline.py",
        "shared/crm/leads.py",
    ],
)
def test_it_does_not_change_with_anything_else(root: Path, name: str) -> None:
    before = fingerprint(root)
    _write(root, name, "two = 2\n")
    assert fingerprint(root) == before


def test_line_ends_do_not_count(root: Path) -> None:
    before = fingerprint(root)
    _write(root, "infra/app.py", "one = 1\r\n")
    assert fingerprint(root) == before


def test_current_is_what_was_written_last(root: Path) -> None:
    assert not is_current(root)
    _write(root, FINGERPRINT_FILE.as_posix(), fingerprint(root) + "\n")
    assert is_current(root)
