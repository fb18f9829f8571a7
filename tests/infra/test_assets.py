"""What an asset holds, before anything is built."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.assets.archive import archive
from infra.assets.digest import RECIPE, asset_hash
from infra.assets.kinds import ROOT, SOURCES, NoKindError, kind_of, lock_file, sources
from tests.infra.blueprint import of_type

HANDLERS = {name: f["Handler"] for name, f in of_type("Lambda::Function").items()}


@pytest.mark.parametrize("name", HANDLERS)
def test_the_asset_of_a_function_holds_its_handler(name: str) -> None:
    module = HANDLERS[name].rpartition(".")[0]
    file = Path(*module.split(".")).with_suffix(".py")
    assert file in sources(kind_of(HANDLERS[name]))


@pytest.mark.parametrize(
    ("handler", "kind"),
    [
        ("functions.pipeline_nodes.starter.handler", "events"),
        ("functions.pipeline_nodes.lead.analyze.handler", "node"),
    ],
)
def test_a_handler_belongs_to_the_kind_that_names_it_closest(handler: str, kind: str) -> None:
    assert kind_of(handler) == kind


def test_a_handler_of_no_kind_is_named_with_the_mend() -> None:
    with pytest.raises(NoKindError, match=r"functions\.nowhere.*kinds\.py"):
        kind_of("functions.nowhere.handler")


def imported(file: Path) -> Iterator[str]:
    """Every module of ours that a file imports, in functions too."""
    for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@pytest.mark.parametrize("kind", SOURCES)
def test_nothing_in_an_asset_imports_a_source_that_it_lacks(kind: str) -> None:
    held = set(sources(kind))
    for file in held:
        for module in imported(file):
            if module.split(".")[0] in {"shared", "functions"}:
                path = Path(*module.split("."))
                wanted = {path.with_suffix(".py"), path / "__init__.py"}
                exists = {one for one in wanted if (ROOT / one).is_file()}
                assert exists <= held, f"{file} imports {module}"


@pytest.mark.parametrize(
    "changed", ["requirements/node.lock", "infra/assets/build.py", "shared/events/new.py"]
)
def test_an_asset_has_another_name_once_something_in_it_changes(
    changed: str, tmp_path: Path
) -> None:
    for path in (lock_file("node"), RECIPE, *sources("node")):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, tmp_path / path)
    assert asset_hash("node", tmp_path) == asset_hash("node")
    (tmp_path / changed).write_text("# changed\n")
    assert asset_hash("node", tmp_path) != asset_hash("node")


def test_an_archive_depends_on_nothing_but_its_files(tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        for file in ("b.py", "a.py") if name == "one" else ("a.py", "b.py"):
            (folder / file).write_text("x = 1\n")
        made.append(archive(folder, folder.with_suffix(".zip")))
    assert made[0] == made[1]


def reached(file: Path, seen: set[Path]) -> set[Path]:
    """A source and every source of ours that it brings with it."""
    if file in seen or not (ROOT / file).is_file():
        return seen
    seen.add(file)
    for module in imported(file):
        path = Path(*module.split("."))
        for one in (path.with_suffix(".py"), path / "__init__.py"):
            if module.split(".")[0] in {"shared", "functions"}:
                reached(one, seen)
    return seen


@pytest.mark.parametrize("name", HANDLERS)
def test_what_wires_seals_ships_their_library(name: str) -> None:
    """The library is imported at the first sealed event, which no start of a function meets."""
    module = HANDLERS[name].rpartition(".")[0]
    brought = reached(Path(*module.split(".")).with_suffix(".py"), set())
    if {Path("shared/events/opening_here.py"), Path("shared/platform/kms.py")} & brought:
        locked = (ROOT / lock_file(kind_of(HANDLERS[name]))).read_text(encoding="utf-8")
        assert "\ncryptography==" in f"\n{locked}"


@pytest.mark.parametrize("name", HANDLERS)
def test_what_ranks_leads_ships_their_library(name: str) -> None:
    """It is imported at the start, in the function's asset alone."""
    module = HANDLERS[name].rpartition(".")[0]
    if Path("shared/crm/rank.py") in reached(Path(*module.split(".")).with_suffix(".py"), set()):
        locked = (ROOT / lock_file(kind_of(HANDLERS[name]))).read_text(encoding="utf-8")
        assert "fractional-indexing==" in locked
