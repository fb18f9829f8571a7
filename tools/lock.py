"""Resolves the lock files: hash-pinned, one per kind of function, all with the same pins.

No file names a package index, so that any mirror serves them.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
LAPTOP: Final = (
    "crm", "node", "runner", "workflows", "events", "authorizer", "identity", "webhooks", "llm",
    "local", "cli",
)  # fmt: skip
KINDS: Final = {
    **{kind: (kind,) for kind in ("crm", "node", "events", "authorizer", "identity", "webhooks")},
    "python_tool": ("python_tool",),
    "chat": ("chat",),
    "chat_answer": ("runner", "llm"),
    "runner": ("runner", "llm"),
    "workflows": ("workflows", "runner", "llm"),
}
"""The extras of each kind."""
RUNTIME: Final = ("ric", "sdk")

_RESOLVE: Final = (
    "uv",
    "pip",
    "compile",
    "--quiet",
    "--universal",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-header",
    "--no-annotate",
)


def lock(name: str, extras: tuple[str, ...], python: str, *constraints: str) -> None:
    """Writes `requirements/<name>.lock` for the given extras of pyproject.toml."""
    wanted = [part for extra in extras for part in ("--extra", extra)]
    within = [part for c in constraints for part in ("-c", f"requirements/{c}.lock")]
    _run([*_RESOLVE, "--python-version", python, *wanted, *within, "pyproject.toml"], name)


def main() -> None:
    """Resolves everything; the developers' environment first, for its pins bind the others."""
    lock("dev", (*LAPTOP, "test", "check"), "3.11")
    lock("local", LAPTOP, "3.11", "dev")
    lock("bench", ("bench",), "3.11", "dev")
    lock("synth", ("synth",), "3.11")
    for kind, extras in KINDS.items():
        lock(kind, extras, "3.13", "dev")
    for group in RUNTIME:
        wanted = ("--group", f"pyproject.toml:{group}", "-c", "requirements/dev.lock")
        _run([*_RESOLVE, "--python-version", "3.13", *wanted], group)
    _run([*_RESOLVE, "--python-version", "3.11", "-c", "requirements/dev.lock", "-"], "uv", "uv\n")


def _run(command: list[str], name: str, given: str | None = None) -> None:
    target = ROOT / "requirements" / f"{name}.lock"
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, input=given, text=True,
        capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"{name}: {done.stderr}")
    target.write_text(done.stdout)


if __name__ == "__main__":
    main()
