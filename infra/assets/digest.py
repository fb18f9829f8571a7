"""The name of an asset before it is built: it changes with whatever the build reads."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from infra.assets.build import LAMBDA
from infra.assets.kinds import ROOT, lock_file, sources
from infra.assets.python import VERSION

RECIPE: Final = Path("infra") / "assets" / "build.py"


def asset_hash(kind: str, root: Path = ROOT) -> str:
    """The SHA-256 of lock file, sources, platform, version, and of how it is built."""
    digest = hashlib.sha256(f"{LAMBDA} {VERSION}\0".encode())
    for path in (lock_file(kind), RECIPE, *sources(kind, root)):
        # Line ends are one byte everywhere, so that a checkout on Windows counts as the same.
        content = (root / path).read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
