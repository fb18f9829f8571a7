"""A lead's journey, from its POST until its pipeline's result stands, beside the seeds' own stack.

What is measured: wall time as a client sees it, and processor time of each stack's whole process
tree, the client not in it, from the first POST until a second after the last result. Both stacks
run on this machine at once and are used in turns; each says by itself when a result stands, so
nobody polls. Idle shows what a stack takes while nothing is asked of it.

    Millrace        gateway, authorizer and function processes, the patched moto, stream, bus,
                    queue, state machine, a process per node. The lead, its event and its result
                    are written in transactions, an event is handled once however often it is
                    delivered, a failed one is tried again and then kept for a human, every run
                    leaves its trace; state is on disk within two seconds.
    Celery + Redis  FastAPI, an embedded Redis without persistence, a worker of as many processes
                    as the machine has processors, a chain of four tasks that run our own nodes'
                    code. A task that dies is lost, a message delivered twice has its effect
                    twice, lead and queue are not written together, nobody is authorized, nothing
                    is on disk.

The last table says where the time goes. `millrace_stack` is the platform's own process: the local
AWS with its HTTP server and rights, the interpreter of state machines, delivery, the gateway;
nothing of it exists on AWS, and most of it is the price of standing in for AWS request by request.
"nodes alone" is the lower bound of both: the pipeline's functions called in one process.
"""

from __future__ import annotations

import contextlib
import os
import platform
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import requests

from benchmarks.measuring import Samples, rounds_asked, table
from benchmarks.stacks import Stack, celery, millrace
from shared.pipelines.definition import load_definitions
from shared.pipelines.inline import run_inline
from shared.pipelines.programs import load_node

LEAD: Final = {"name": "Bench", "value": 60_000, "notes": "We are interested in automation."}
BLOCK: Final = 10
AT_ONCE: Final = 4
_SETTLE_SECONDS: Final = 1.0
_client = threading.local()


def main() -> None:
    """Starts both stacks, measures in turns, prints."""
    rounds = rounds_asked(__doc__, 5)
    with contextlib.ExitStack() as running:
        stacks = [running.enter_context(made) for made in (millrace(), celery(os.cpu_count() or 1))]
        for stack in stacks:
            _block(stack, 2 * BLOCK, AT_ONCE)  # cold starts
            print(f"{stack.name}: {_result(stack)}", flush=True)
        idle = {stack.name: _idle(stack) for stack in stacks}
        for at_once in (1, AT_ONCE):
            parts = _compare(stacks, at_once, rounds, idle)
        _where(parts)
    alone = Samples(tuple(_alone() for _ in range(200)))
    print(f"\nnodes alone, in one process: {alone.median * 1000:.2f} ms")


def _compare(
    stacks: list[Stack], at_once: int, rounds: int, idle: dict[str, float]
) -> dict[str, Counter[str]]:
    """Prints a table; the processor seconds of each stack's parts for one lead."""
    parts: dict[str, Counter[str]] = {stack.name: Counter() for stack in stacks}
    seconds: dict[str, list[float]] = {stack.name: [] for stack in stacks}
    used: dict[str, list[float]] = {stack.name: [] for stack in stacks}
    for turn in range(rounds):
        for stack in stacks if turn % 2 == 0 else stacks[::-1]:
            taken, cpu = _block(stack, BLOCK, at_once)
            seconds[stack.name] += taken
            used[stack.name].append(sum(cpu.values()) / BLOCK)
            for part, spent in cpu.items():
                parts[stack.name][part] += spent / BLOCK / rounds  # type: ignore[assignment]
    peer = Samples(tuple(seconds[stacks[1].name])), Samples(tuple(used[stacks[1].name]))
    rows = []
    for stack in stacks:
        wall, cpu_each = Samples(tuple(seconds[stack.name])), Samples(tuple(used[stack.name]))
        rows.append((
            stack.name, f"{wall.median / peer[0].median:.2f}",
            f"{cpu_each.median / peer[1].median:.2f}", _ms(wall.median), _ms(wall.at(0.95)),
            _ms(cpu_each.median), _ms(cpu_each.least), f"{idle[stack.name] * 100:.1f} %",
        ))  # fmt: skip
    table(
        f"Event to result, {at_once} at once, {rounds} x {BLOCK} leads, Python "
        f"{platform.python_version()}; target p50 <= 500 ms, CPU below the peer's",
        ("stack", "x peer, p50", "x peer, CPU", "p50 ms", "p95 ms", "CPU ms a lead", "least",
         "idle CPU"),
        rows,
    )  # fmt: skip
    return parts


def _where(parts: dict[str, Counter[str]]) -> None:
    rows = [
        (stack, part, _ms(seconds), f"{seconds / sum(used.values()):.0%}")
        for stack, used in parts.items()
        for part, seconds in used.most_common()
        if seconds >= 0.0005
    ]
    table("Where the processor time of a lead goes", ("stack", "part", "CPU ms", "share"), rows)


def _block(stack: Stack, leads: int, at_once: int) -> tuple[list[float], Counter[str]]:
    """Journeys of some leads, and the processor time they took altogether, by part."""
    before = Counter(stack.processor_seconds())
    with ThreadPoolExecutor(at_once, initializer=_open) as clients:
        taken = list(clients.map(lambda _: stack.journey(_http(), LEAD), range(leads)))
    time.sleep(_SETTLE_SECONDS)
    return taken, _more(Counter(stack.processor_seconds()), before)


def _idle(stack: Stack) -> float:
    """The share of one processor that it takes at rest."""
    before, begun = sum(stack.processor_seconds().values()), time.monotonic()
    time.sleep(3)
    return (sum(stack.processor_seconds().values()) - before) / (time.monotonic() - begun)


def _more(after: Counter[str], before: Counter[str]) -> Counter[str]:
    after.subtract(before)
    return after


def _result(stack: Stack) -> str:
    """What stands on a lead after its journey: proof that the work was done."""
    http = requests.Session()
    answer = http.post(f"{stack.url}/leads/", json=LEAD, timeout=30).json()
    stack.arrivals.wait(answer["id"])
    lead: dict[str, Any] = http.get(f"{stack.url}/leads/{answer['id']}/", timeout=30).json()
    kept = lead["pipelines"]["lead_pipeline"]
    return f"a lead's result has {', '.join(sorted(kept))}"


def _alone() -> float:
    begun = time.perf_counter()
    run_inline(_PIPELINE, lambda name: load_node(_PIPELINE, name), LEAD)
    return time.perf_counter() - begun


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f}"


def _open() -> None:
    _client.http = requests.Session()


def _http() -> requests.Session:
    session: requests.Session = _client.http
    return session


_PIPELINE: Final = load_definitions(Path(__file__).parent.parent)[0]

if __name__ == "__main__":
    main()
