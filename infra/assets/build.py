"""Builds the asset of a kind into a folder: wheels, our sources, bytecode; equal each time."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from infra.assets.kinds import ROOT, lock_file, sources
from infra.assets.python import VERSION, python_of_lambda

LAMBDA: Final = "aarch64-manylinux_2_28"
"""The platform of the wheels: arm64 on Amazon Linux 2023."""

_TASK: Final = "/var/task"
_NEEDLESS_FOLDERS: Final = ("bin", "tests", "test")
_NEEDLESS_FILES: Final = (".lock", "*.pyi", "*.pyc")


class AssetError(RuntimeError):
    """An asset could not be built; the message is the installer's or the compiler's."""


def build(kind: str, out: Path, *, host: bool = False) -> None:
    """Builds one asset anew; with `host` for this machine's platform instead of Lambda's.

    Raises:
        AssetError: a step failed.
        NoPythonError: there is no Python of Lambda's version.
    """
    python = python_of_lambda()
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    install(kind, out, python, () if host else ("--python-platform", LAMBDA))
    _prune(out)
    for source in sources(kind):
        (out / source).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / source, out / source)
    _compile(out, python)
    _make_readable(out)


def size(folder: Path) -> int:
    """The bytes of all files: Lambda allows 250 MB."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def install(name: str, out: Path, python: str, platform: tuple[str, ...] = ()) -> None:
    """Puts what `requirements/<name>.lock` pins into a folder."""
    _run(
        name, sys.executable, "-m", "uv", "pip", "install", "--quiet", "--target", str(out),
        "--python", python, "--python-version", VERSION, *platform,
        "--only-binary", ":all:", "--require-hashes", "--no-deps", "--link-mode", "copy",
        "-r", str(ROOT / lock_file(name)),
    )  # fmt: skip


def _prune(out: Path) -> None:
    """Leaves `*.dist-info`: packages ask for their own version there."""
    packages = [folder for folder in out.iterdir() if folder.is_dir()]
    for name in _NEEDLESS_FOLDERS:
        for folder in (out, *packages):
            shutil.rmtree(folder / name, ignore_errors=True)
    for pattern in _NEEDLESS_FILES:
        for file in list(out.rglob(pattern)):
            file.unlink()


def _compile(out: Path, python: str) -> None:
    # Never checked against the source, because the CDK's archive sets every file's time anew.
    _run(
        out.name, python, "-m", "compileall", "-qq", "--invalidation-mode", "unchecked-hash",
        "-s", str(out), "-p", _TASK, str(out),
    )  # fmt: skip


def _make_readable(out: Path) -> None:
    """Lambda runs as another user than the archive's, whatever this machine's umask is."""
    for path in (out, *out.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def _run(what: str, *command: str) -> None:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONOPTIMIZE"}
    }
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssetError(f"asset {what}: {(done.stderr or done.stdout).strip()}")
