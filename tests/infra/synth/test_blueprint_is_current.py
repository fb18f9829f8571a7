"""The committed blueprint is what the app gives today."""

from __future__ import annotations

import json
from pathlib import Path

from infra.projection.blueprint import as_text, project
from infra.synth import ROOT, differing, wanted_files, write


def templates(assembly: Path) -> dict[str, dict]:
    """The templates by the last part of their stack's name."""
    return {
        path.name.split(".")[0].rpartition("-")[2]: json.loads(path.read_text())
        for path in assembly.glob("*.template.json")
    }


def test_the_committed_files_are_what_the_sources_give(assembly: Path) -> None:
    assert differing(ROOT, wanted_files(ROOT, templates(assembly))) == []


def test_a_change_is_named_and_written(assembly: Path, tmp_path: Path) -> None:
    wanted = {
        Path("infra/blueprint") / f"{stack}.json": as_text(resources)
        for stack, resources in project(templates(assembly)).items()
    }
    left_over = tmp_path / "infra" / "blueprint" / "gone.json"
    left_over.parent.mkdir(parents=True)
    left_over.write_text("{}")
    assert len(differing(tmp_path, wanted)) == 6
    write(tmp_path, wanted)
    assert differing(tmp_path, wanted) == []
    assert not left_over.exists()
