"""docs/security.md names every attempt that a test makes, and no other."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_attempt_stands_in_the_table():
    page = (ROOT / "docs" / "security.md").read_text()
    rows = "\n".join(line for line in page.splitlines() if line.startswith("| "))
    named = {name for row in rows.splitlines() for name in re.findall(r"`(\w+)`", _last(row))}
    there = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        there |= set(re.findall(r"def test_security_(\w+)\(", path.read_text()))
    assert named == there


def _last(row: str) -> str:
    return row.rstrip("| ").rpartition("|")[2]
