"""The fingerprint of everything that shapes the template: says whether the blueprint is current.

Standard library only: the laptop calls it from an environment that has no CDK.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

BLUEPRINT_FOLDER: Final = Path("infra") / "blueprint"
FINGERPRINT_FILE: Final = BLUEPRINT_FOLDER / "fingerprint"

_SOURCES: Final = (
    "infra/**/*.py",
    "functions/pipeline_nodes/[!_]*/pipeline.py",
    "functions/events/consumers/*.py",
    "shared/consumers/declaration.py",
    "shared/pipelines/definition.py",
    "shared/pipelines/asl.py",
    "shared/pipelines/mapping.py",
    "shared/pipelines/paths.py",
    "shared/identity/paths.py",
    "shared/workflows/paths.py",
    "shared/events/catalog/*.py",
    "shared/crm/imports/upload.py",
    "shared/platform/metrics.py",
    "requirements/synth.lock",
    "cdk.json",
)


def fingerprint(root: Path) -> str:
    """The SHA-256 of all sources of the template, by path and content."""
    digest = hashlib.sha256()
    for path in _sources(root):
        # Line ends are one byte everywhere, so that a checkout on Windows counts as the same.
        content = path.read_bytes().replace(b"\r\n", b"\n")
        name = path.relative_to(root).as_posix()
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def is_current(root: Path) -> bool:
    """Whether the committed blueprint was written from the sources as they stand."""
    file = root / FINGERPRINT_FILE
    return file.is_file() and file.read_text(encoding="utf-8").strip() == fingerprint(root)


def _sources(root: Path) -> Iterator[Path]:
    found = {path for pattern in _SOURCES for path in root.glob(pattern)}
    yield from sorted(found, key=lambda path: path.relative_to(root).as_posix())
