"""Builds the asset of each kind of function into `build/<kind>/`, ready to upload.

Wheels for Lambda's own platform, from the kind's lock file, without Docker; then the sources that
the kind needs, and bytecode. `--host` takes this machine's platform instead, into
`build/host/<kind>/`, so that a handler can be tried from nothing but its asset.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # so that it also runs by its path

from infra.assets.archive import archive
from infra.assets.build import AssetError, build, size
from infra.assets.kinds import ROOT, SOURCES
from infra.assets.python import NoPythonError

BUILD: Final = ROOT / "build"


def folder_of(kind: str, *, host: bool) -> Path:
    """Where the asset of a kind is built."""
    return BUILD / "host" / kind if host else BUILD / kind


def main() -> None:
    """Builds every kind, or those that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*", default=list(SOURCES), help="which kinds; all if none")
    parser.add_argument("--host", action="store_true", help="for this machine, to try an asset")
    told = parser.parse_args()
    if unknown := set(told.kinds) - set(SOURCES):
        parser.error(f"{', '.join(sorted(unknown))}: no such kind; there are {', '.join(SOURCES)}")
    print(f"{'asset':<22} {'unzipped':>9} {'zipped':>9}  sha256 of the archive")
    for kind in told.kinds:
        out = folder_of(kind, host=told.host)
        try:
            build(kind, out, host=told.host)
        except (AssetError, NoPythonError) as error:
            sys.exit(str(error))
        packed = out.with_suffix(".zip")
        digest = archive(out, packed)
        zipped = packed.stat().st_size
        name = out.relative_to(ROOT).as_posix()
        print(f"{name:<22} {size(out) / 1e6:>6.1f} MB {zipped / 1e6:>6.1f} MB  {digest[:16]}")


if __name__ == "__main__":
    main()
