"""`python -m infra.synth` writes the blueprint; with `--check` it only says whether it is current.

Templates come from `cdk.out`, or in a check from a folder that is removed again.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from infra.fingerprint import BLUEPRINT_FOLDER, FINGERPRINT_FILE, fingerprint
from infra.node import use_bundled_node
from infra.projection.blueprint import as_text, project
from infra.projection.references import ProjectionError

ROOT: Final = Path(__file__).resolve().parents[1]

Templates = dict[str, Mapping[str, Any]]


def synthesize(outdir: Path) -> Templates:
    """The templates of the app's stacks, by the last part of the stack's name."""
    use_bundled_node()
    # Imported here because importing the CDK starts Node.
    from infra.app import add_stacks, new_app

    app = new_app(outdir)
    add_stacks(app)
    app.synth()
    return {
        path.name.removesuffix(".template.json").rpartition("-")[2]: json.loads(path.read_text())
        for path in sorted(outdir.glob("*.template.json"))
    }


def wanted_files(root: Path, templates: Templates) -> dict[Path, str]:
    """What the blueprint's files must contain, by their path below the root."""
    files = {
        BLUEPRINT_FOLDER / f"{stack}.json": as_text(resources)
        for stack, resources in project(templates).items()
    }
    return {**files, FINGERPRINT_FILE: fingerprint(root) + "\n"}


def differing(root: Path, wanted: Mapping[Path, str]) -> list[Path]:
    """Which committed files are not what they must be, one too many included."""
    found = {
        path.relative_to(root) for path in (root / BLUEPRINT_FOLDER).glob("*") if path.is_file()
    }
    changed = {
        path
        for path, text in wanted.items()
        if path not in found or (root / path).read_text(encoding="utf-8") != text
    }
    return sorted(changed | (found - set(wanted)))


def write(root: Path, wanted: Mapping[Path, str]) -> None:
    """Brings the committed files to what they must be; the fingerprint last."""
    changed = differing(root, wanted)
    for path in sorted(changed, key=lambda path: path == FINGERPRINT_FILE):
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if path in wanted:
            target.write_text(wanted[path], encoding="utf-8", newline="\n")
        else:
            target.unlink()


def check(root: Path) -> str | None:
    """One sentence that says what is stale, or None."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = wanted_files(root, synthesize(Path(folder)))
    if not (stale := differing(root, wanted)):
        return None
    names = ", ".join(path.as_posix() for path in stale)
    return f"{names}: not what the sources give; run `make synth` and commit the result."


def main() -> int:
    """Writes or checks; 1 when the blueprint is stale or cannot be written."""
    parser = argparse.ArgumentParser(prog="python -m infra.synth", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; 1 if stale")
    arguments = parser.parse_args()
    try:
        if arguments.check:
            problem = check(ROOT)
        else:
            problem = None
            write(ROOT, wanted_files(ROOT, synthesize(ROOT / "cdk.out")))
    except ProjectionError as error:
        problem = str(error)
    if problem:
        print(problem, file=sys.stderr)
    return 1 if problem else 0


if __name__ == "__main__":
    sys.exit(main())
