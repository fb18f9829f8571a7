"""A webhook, three transforms and a response, through the local gateway, on each engine.

What is measured: requests answered in a second and processor time of the platform's whole process
tree for one request, the clients not in it. All cases are asked in turns, by 1 and by 8 clients.

    floor      GET /test/ of the CRM: gateway, function host, one call of an open route
    inline     the whole flow in one call of the node runner
    durable    an Express machine with a task per node
    region     the same with everything that never waits in one task
    engine     the flow alone, by the inline engine in this process: nothing is kept

On AWS nothing of the gateway, the function host and the interpreter of machines exists; the table
of parts says how much of the time is theirs.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import requests

from benchmarks.measuring import Samples, rounds_asked, table
from benchmarks.processes import by_part
from local.ports import free_port
from shared.graph import FlowEngine
from shared.graph.loaders import load_flow
from shared.nodes import registry

ROOT: Final = Path(__file__).parent.parent
CLIENTS: Final = (1, 8)
REQUESTS: Final = 24
"""In a block: one case, asked by all clients together."""
BODY: Final = {"name": "Ada", "amount": 21}
ANSWER: Final = {"text": "Dear Ada: 42"}
_client = threading.local()

Call = Callable[[], None]


def flow(**settings: Any) -> dict[str, Any]:
    """The workflow: what comes in is picked, worked out, worded, answered."""
    shapes = {
        "pick": {"name": "{{ data.webhook.data.body.name }}",
                 "amount": "{{ data.webhook.data.body.amount }}"},
        "double": {"name": "{{ data.name }}", "total": "{{ data.amount * 2 }}"},
        "word": {"text": "Dear {{ data.name }}: {{ data.total }}"},
    }  # fmt: skip
    steps = [{"id": k, "type": "transform", "config": {"output": v}} for k, v in shapes.items()]
    first = {"id": "in", "type": "webhook-producer", "config": {"webhook_id": "bench"}}
    last = {"id": "answer", "type": "http-response", "config": {"body_source": "from_input"}}
    names = ["in", *shapes, "answer"]
    edges = [{"source": one, "target": other} for one, other in itertools.pairwise(names)]
    return {
        "name": "Webhook chain", "type": "api", "nodes": [first, *steps, last], "edges": edges,
        "settings": {"timeout": 60, **settings},
    }  # fmt: skip


CASES: Final = {
    "inline": {"engine": "inline"},
    "durable": {"engine": "durable"},
    "region": {"engine": "durable", "granularity": "region"},
}


def main() -> None:
    """Starts the platform, measures in turns, prints."""
    rounds = rounds_asked(__doc__, 5)
    with _platform() as (url, pid):
        calls = {"floor": _floor(url), **{n: _webhook(url, flow(**s)) for n, s in CASES.items()}}
        for call in calls.values():
            _block(call, pid, REQUESTS // 4, max(CLIENTS))  # cold starts
        parts: dict[str, Counter[str]] = {}
        for clients in CLIENTS:
            parts = _compare(calls, pid, clients, rounds)
        _where(parts)
    print(f"\nengine alone: {_alone() * 1000:.2f} ms a request")


def _compare(
    calls: dict[str, Call], pid: int, clients: int, rounds: int
) -> dict[str, Counter[str]]:
    """Prints a table; the processor seconds of each case's parts for one request."""
    walls: dict[str, list[float]] = {name: [] for name in calls}
    used: dict[str, list[float]] = {name: [] for name in calls}
    parts: dict[str, Counter[str]] = {name: Counter() for name in calls}
    for turn in range(rounds):
        for name in list(calls) if turn % 2 == 0 else list(calls)[::-1]:
            wall, cpu = _block(calls[name], pid, REQUESTS, clients)
            walls[name].append(wall / REQUESTS)
            used[name].append(sum(cpu.values()) / REQUESTS)
            for part, spent in cpu.items():
                parts[name][part] += spent / REQUESTS / rounds  # type: ignore[assignment]
    floor = Samples(tuple(walls["floor"])), Samples(tuple(used["floor"]))
    rows = []
    for name in calls:
        wall_each, cpu_each = Samples(tuple(walls[name])), Samples(tuple(used[name]))
        rows.append((
            name, f"{1 / wall_each.median:.1f}", f"{cpu_each.median * 1000:.0f}",
            f"{wall_each.over(floor[0]).median:.1f}", f"{cpu_each.over(floor[1]).median:.1f}",
        ))  # fmt: skip
    table(
        f"{clients} clients, {rounds} x {REQUESTS} requests",
        ("case", "requests/s", "CPU ms a request", "x floor, time", "x floor, CPU"),
        rows,
    )
    return parts


def _where(parts: dict[str, Counter[str]]) -> None:
    rows = [
        (name, part, f"{seconds * 1000:.1f}")
        for name, used in parts.items()
        for part, seconds in used.most_common()
        if seconds >= 0.0005
    ]
    table("Where the processor time of a request goes", ("case", "part", "CPU ms"), rows)


def _block(call: Call, pid: int, count: int, clients: int) -> tuple[float, Counter[str]]:
    before = Counter(by_part([pid]))
    begun = time.perf_counter()
    with ThreadPoolExecutor(clients, initializer=_open) as asking:
        for done in [asking.submit(call) for _ in range(count)]:
            done.result()
    taken = time.perf_counter() - begun
    after = Counter(by_part([pid]))
    after.subtract(before)
    return taken, after


def _floor(url: str) -> Call:
    def call() -> None:
        answer = _client.http.get(f"{url}/test/", timeout=60)
        assert answer.status_code == 200, answer.text

    return call


def _webhook(url: str, definition: dict[str, Any]) -> Call:
    """Publishes the workflow; what asks its address."""
    http = requests.Session()

    def asked(method: str, path: str, **body: Any) -> Any:
        answer = http.request(method, f"{url}{path}", json=body or None, timeout=60)
        assert answer.ok, answer.text
        return answer.json()

    made = asked("POST", "/workflows/", name="Webhook chain", definition=definition)["id"]
    asked("POST", f"/workflows/{made}/publish/", notes="measured")
    asked("POST", f"/workflow/{made}/activate/")
    (hook,) = asked("GET", f"/workflow/{made}/webhook/")["webhooks"]
    address = f"{url}/webhooks/{hook['webhook_id']}/"

    def call() -> None:
        answer = _client.http.post(address, json=BODY, timeout=60)
        assert (answer.status_code, answer.json()) == (200, ANSWER), answer.text

    return call


@contextlib.contextmanager
def _platform() -> Iterator[tuple[str, int]]:
    """A platform of its own; its address and process."""
    port = free_port()
    with tempfile.TemporaryDirectory() as home:
        process = subprocess.Popen(
            [sys.executable, "-m", "local", "--port", str(port), "--aws-port", str(free_port()),
             "--model-port", str(free_port()), "--home", home],
            cwd=ROOT, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            url = f"http://localhost:{port}"
            _await(url)
            yield url, process.pid
        finally:
            process.terminate()
            process.wait(30)


def _await(url: str, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while True:
        with contextlib.suppress(requests.ConnectionError):
            if requests.get(f"{url}/health", timeout=60).ok:
                return
        if time.monotonic() > until:
            raise TimeoutError(f"{url} does not answer after {seconds} s")
        time.sleep(0.1)


def _alone() -> float:
    """Seconds of one run by the inline engine alone; the median of many."""

    async def measured() -> float:
        async with FlowEngine(registry()) as engine:
            loaded = engine.load_workflow(load_flow(flow()))
            taken = []
            for _ in range(200):
                begun = time.perf_counter()
                run = await engine.run(loaded, {"body": BODY})
                taken.append(time.perf_counter() - begun)
            assert run.result is not None
            assert run.result["http_response"]["body"] == ANSWER
            return Samples(tuple(taken)).median

    return asyncio.run(measured())


def _open() -> None:
    _client.http = requests.Session()


if __name__ == "__main__":
    main()
