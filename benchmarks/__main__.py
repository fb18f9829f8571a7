"""Runs every benchmark, or those that are named: `python -m benchmarks cold warm`."""

from __future__ import annotations

import subprocess
import sys
from typing import Final

NAMES: Final = (
    "cold",
    "warm",
    "authorize",
    "journey",
    "start",
    "billed",
    "graph",
    "flows",
    "webhooks",
    "publish",
    "chat",
)
"""In the order they run; each is a process of its own, so that none warms another."""


def main() -> None:
    """Runs them one after the other; further arguments (`--rounds N`) go to each."""
    named = [argument for argument in sys.argv[1:] if argument in NAMES]
    others = [argument for argument in sys.argv[1:] if argument not in NAMES]
    for name in named or NAMES:
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *others], check=True)


if __name__ == "__main__":
    main()
