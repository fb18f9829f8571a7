"""Starting the platform: to the first answer, and until events flow, beside a bare server.

What is measured, from a process's start: until its first HTTP answer, until it says that events
are delivered, and the processor time of its whole process tree by then. Every start is one on an
empty state: resources are provisioned from the blueprint, roles and rights included, and the first
answer comes out of the CRM function, a subprocess that imports its own libraries.

The floor is a process of the same Python that imports moto, boto3 and uvicorn, serves them, and
answers; it provisions nothing and starts no function.
"""

from __future__ import annotations

import platform
import subprocess
import tempfile
import time

import requests

from benchmarks.measuring import Samples, rounds_asked, table
from benchmarks.processes import by_part
from benchmarks.stacks import end, started


def main() -> None:
    """Starts both in turns, prints."""
    rounds = rounds_asked(__doc__, 7)
    _bare()  # the disk's turn
    ours, bare = [], []
    for _ in range(rounds):
        bare.append(_bare())
        ours.append(_ours())
    names = ("first answer, s", "events flow, s", "CPU until then, s")
    mine = [Samples(taken) for taken in zip(*ours, strict=True)]
    floor = Samples(tuple(wall for wall, _ in bare)), Samples(tuple(cpu for _, cpu in bare))
    rows = []
    for name, taken in zip(names, mine, strict=True):
        least = floor[1] if "CPU" in name else floor[0]
        rows.append((
            name, f"{taken.least / least.least:.2f} ({taken.median / least.median:.2f})",
            _s(taken.least), _s(taken.median), _s(least.least), _s(least.median),
        ))  # fmt: skip
    table(
        f"Start of the platform, {rounds} starts, Python {platform.python_version()}: ratio of "
        "the least (of the medians) to a bare server's first answer",
        ("until", "x bare", "least", "median", "bare, least", "bare, median"),
        rows,
    )


def _ours() -> tuple[float, float, float]:
    with tempfile.TemporaryDirectory() as home:
        begun = time.perf_counter()
        process = started("benchmarks.millrace_stack", home)
        try:
            answered = _answer(process, "/health") - begun
            assert process.stdout is not None
            if process.stdout.readline().strip() != "ready":
                raise RuntimeError("the platform did not come up")
            flows = time.perf_counter() - begun
            return answered, flows, sum(by_part([process.pid]).values())
        finally:
            end(process)


def _bare() -> tuple[float, float]:
    begun = time.perf_counter()
    process = started("benchmarks.bare_server")
    try:
        return _answer(process, "/") - begun, sum(by_part([process.pid]).values())
    finally:
        end(process)


def _answer(process: subprocess.Popen[str], path: str) -> float:
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    requests.get(f"{url}{path}", timeout=30).raise_for_status()
    return time.perf_counter()


def _s(seconds: float) -> str:
    return f"{seconds:.2f}"


if __name__ == "__main__":
    main()
