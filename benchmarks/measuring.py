"""What the benchmarks share: processor time of a child, interleaved rounds, a table.

A shared machine lends its processors to others, so the clock on the wall tells little: what is
compared is processor time where there is any, always in turns, by minimum and median.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Row = Sequence[object]


@dataclass(frozen=True, slots=True)
class Samples:
    """What one case was measured at, round by round."""

    values: tuple[float, ...]

    @property
    def least(self) -> float:
        """The round that was disturbed least."""
        return min(self.values)

    @property
    def median(self) -> float:
        """The round in the middle."""
        return statistics.median(self.values)

    def over(self, floor: Samples, base: Samples | None = None) -> Samples:
        """Turn by turn, how many times the floor it was; `base` is taken off both."""
        bases = base.values if base else (0.0,) * len(self.values)
        pairs = zip(self.values, floor.values, bases, strict=True)
        return Samples(tuple((mine - idle) / (least - idle) for mine, least, idle in pairs))

    def at(self, share: float) -> float:
        """The value below which a share of the rounds lies, e.g. 0.95."""
        ordered = sorted(self.values)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def interleaved(cases: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, Samples]:
    """Measures all cases in turns, so that what disturbs the machine disturbs each alike."""
    taken: dict[str, list[float]] = {name: [] for name in cases}
    for turn in range(rounds):
        names = list(cases) if turn % 2 == 0 else list(cases)[::-1]
        for name in names:
            taken[name].append(cases[name]())
    return {name: Samples(tuple(values)) for name, values in taken.items()}


def processor_seconds(
    command: Sequence[str], environment: Mapping[str, str], folder: Path | None = None
) -> float:
    """User and system time of a command, its children included.

    Raises:
        RuntimeError: the command failed; the message is what it wrote.
    """
    process = subprocess.Popen(
        command, env=dict(environment), cwd=folder, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stderr is not None
    with process.stderr:
        wrote = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)}: {wrote.decode(errors='replace')}")
    return used.ru_utime + used.ru_stime


def table(title: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Prints a table that reads in a terminal and in Markdown."""
    cells = [list(columns), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(columns))]
    print(f"\n{title}\n")
    for number, row in enumerate(cells):
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print(f"| {' | '.join(padded)} |")
        if number == 0:
            print(f"|{'|'.join('-' * (width + 2) for width in widths)}|")


def rounds_asked(document: str | None, usual: int) -> int:
    """`--rounds N` of the command line; more rounds are steadier, fewer are quicker."""
    parser = argparse.ArgumentParser(
        description=document, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=usual, help=f"default {usual}")
    told = parser.parse_args()
    return max(1, int(told.rounds))
