"""Processor time of processes that run, with all their descendants; read from Linux's /proc."""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from pathlib import Path
from typing import Final

_TICK: Final = os.sysconf("SC_CLK_TCK")
_FUNCTION: Final = "AWS_LAMBDA_FUNCTION_NAME"
_PROC: Final = Path("/proc")


def by_part(roots: list[int]) -> dict[str, float]:
    """User and system time of processes and their descendants so far, by what they are."""
    used: Counter[str] = Counter()
    for pid in _descendants(roots):
        with contextlib.suppress(OSError):  # it ended meanwhile; its parent has its time
            used[_part(pid)] += _used(pid)  # type: ignore[assignment]
    return {part: float(seconds) for part, seconds in used.items()}


def _part(pid: int) -> str:
    """The function that a process serves, or the module or program that it runs."""
    variables = (_PROC / str(pid) / "environ").read_bytes().decode(errors="replace").split("\0")
    for variable in variables:
        if variable.startswith(f"{_FUNCTION}="):
            return variable.partition("=")[2]
    command = (_PROC / str(pid) / "cmdline").read_bytes().decode(errors="replace").split("\0")
    if "-m" in command:
        return command[command.index("-m") + 1].rpartition(".")[2]
    return Path(command[0].split(" ")[0]).name


def _descendants(roots: list[int]) -> list[int]:
    children: dict[int, list[int]] = {}
    for path in _PROC.glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parent = int(path.read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(path.parent.name))
    found, waiting = [], list(roots)
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += children.get(pid, [])
    return found


def _used(pid: int) -> float:
    """Own time, and that of children that ended and were waited for."""
    fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / _TICK
