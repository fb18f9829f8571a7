"""Builds the asset of each kind of function into `build/<kind>/`: what Lambda gets, ready to zip.

Wheels for Lambda's own platform, from the kind's lock file, without Docker; then our sources, each
kind only with the functions it serves. `--host` takes this machine's platform instead, so that a
handler can be tried from nothing but its asset.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
SOURCES: Final[dict[str, tuple[str, ...]]] = {
    "crm": ("functions/crm",),
    "node": ("functions/pipeline_nodes",),
    "events": ("functions/events", "functions/pipeline_nodes/starter.py"),
    "identity": ("functions/identity",),
}
"""Which functions each kind of asset serves."""

LAMBDA: Final = ("--python-platform", "aarch64-manylinux_2_28", "--python-version", "3.13")
_NOT_SHIPPED: Final = shutil.ignore_patterns("__pycache__", "*.pyc", ".DS_Store")


def build(kind: str, out: Path, *, host: bool) -> int:
    """Builds one asset anew and tells its size in bytes."""
    shutil.rmtree(out, ignore_errors=True)
    platform = () if host else LAMBDA
    command = [
        sys.executable, "-m", "uv", "pip", "install", "--quiet", "--target", str(out), *platform,
        "--only-binary", ":all:", "--require-hashes", "--no-deps", "--link-mode", "copy",
        "-r", str(ROOT / "requirements" / f"{kind}.lock"),
    ]  # fmt: skip
    subprocess.run(command, check=True)
    # Scripts carry this machine's path, and the installer leaves its lock behind.
    shutil.rmtree(out / "bin", ignore_errors=True)
    (out / ".lock").unlink(missing_ok=True)
    _copy("shared", out)
    _copy("functions/__init__.py", out)
    for source in SOURCES[kind]:
        _copy(source, out)
        package = (ROOT / source).parent / "__init__.py"
        _copy(str(package.relative_to(ROOT)), out)
    return sum(path.stat().st_size for path in out.rglob("*") if path.is_file())


def _copy(source: str, out: Path) -> None:
    origin, target = ROOT / source, out / source
    target.parent.mkdir(parents=True, exist_ok=True)
    if origin.is_dir():
        shutil.copytree(origin, target, ignore=_NOT_SHIPPED, dirs_exist_ok=True)
    else:
        shutil.copy2(origin, target)


def main() -> None:
    """Builds every kind, or those that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*", default=list(SOURCES), help="which kinds; all if none")
    parser.add_argument("--host", action="store_true", help="for this machine, to try an asset")
    told = parser.parse_args()
    for kind in told.kinds:
        size = build(kind, ROOT / "build" / kind, host=told.host)
        print(f"build/{kind}: {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
