"""What AWS would bill for a lead: units counted on the calls made, beside the least there can be.

What is measured: every request that the functions make is counted at the local AWS, with DynamoDB's
published rules for units (`benchmarks/capacity.py`); invocations, events, messages and executions
are counted where they happen. Durations are this machine's, warm, the median of several, at the
memory that the template gives; they stand in the second table, because only their order of
magnitude carries over. Not counted: logs, traces, storage, the archive of the bus, transfer.

The least is what a perfect implementation of the same promises pays, by arithmetic alone. Every
item of a small lead fits 1 KB, every page of a column 4 KB per five leads; a transactional write
is 2 units, an index entry that comes or goes 1, one that moves to another key 2.

create  State and event in one transaction, for neither is to be without the other: 2 + 2. The
        total of its column with them, for it is exact: 2. The board's index: 1. Together 7. One
        read tells the last card and the total: 0.5.
move    State 2, event 2, two totals 4, the board's index 2, together 10; the lead as it stands 1,
        the other column's last card 0.5.
board   Five queries, each the bytes of its cards in units of 4 KB, at half a unit.
relay   An event on the bus: one invocation, one event, and nothing written, if the stream alone
        is trusted to bring every event.
journey create and its relay; one message is 3 requests; the starter reads the inbox and the lead:
        2; one execution, one function per node; state 2, event 4 (with its trace it has more than
        1 KB), inbox 2, run 2, the board's index 1, together 11; the relay of that event. Beside the
        pipeline the durable consumers hear it: the event log both events, an invocation, a message
        and a row of 1 and 2 KB with its index each: 2 + 4, for the same row twice is the same row;
        the leads by day the first, with its place in the order, the lead's column, two counts of
        the day and one of the column, together with its inbox key six items of one transaction: 12,
        after reading place and column: 2; users' triggers both, one query each: 1. No figures are
        kept.

Of durations the least is what is billed for an empty one: 1 ms at 128 MB for each invocation,
100 ms at 64 MB for an execution.
"""

from __future__ import annotations

import platform as interpreter
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import requests

from benchmarks.measuring import Row, rounds_asked, table
from benchmarks.meter import (
    API,
    EVENTS,
    INVOCATIONS,
    MACHINE_SECONDS,
    MACHINES,
    QUEUE,
    READS,
    SECONDS,
    WRITES,
    Bill,
    Meter,
)
from local.platform import Options, Platform

PRICES_OF: Final = "us-east-1, November 2025, without free tier"
PRICES: Final[Mapping[str, float]] = {
    WRITES: 0.625,
    READS: 0.125,
    INVOCATIONS: 0.20,
    SECONDS: 13.3334,
    QUEUE: 0.40,
    EVENTS: 1.00,
    MACHINES: 1.00,
    MACHINE_SECONDS: 16.67,
    API: 1.00,
}
"""Dollars for a million units; functions are arm64, the API is an HTTP API."""

_EMPTY: Final = 0.001 * 128 / 1024
_EMPTY_MACHINE: Final = 0.1 * 64 / 1024
NODES: Final = 3
HEARD: Final = 2 + 1 + 2
"""Deliveries to durable consumers: the log, the leads by day, users' triggers."""
_CALLS: Final = 4 + NODES + HEARD
"""The API, two relays, the starter, the nodes, the consumers."""
LEAST: Final[Mapping[str, Mapping[str, float]]] = {
    "create": {API: 1, INVOCATIONS: 1, SECONDS: _EMPTY, WRITES: 7, READS: 0.5},
    "move": {API: 1, INVOCATIONS: 1, SECONDS: _EMPTY, WRITES: 10, READS: 1.5},
    "read": {API: 1, INVOCATIONS: 1, SECONDS: _EMPTY, READS: 1.5},
    "board": {API: 1, INVOCATIONS: 1, SECONDS: _EMPTY, READS: 2.5},
    "relay": {INVOCATIONS: 1, SECONDS: _EMPTY, EVENTS: 1},
    "journey": {
        API: 1, INVOCATIONS: _CALLS, SECONDS: _CALLS * _EMPTY, WRITES: 7 + 11 + 6 + 12,
        READS: 2.5 + 2 + 1, EVENTS: 2, QUEUE: 3 * (1 + HEARD), MACHINES: 1,
        MACHINE_SECONDS: _EMPTY_MACHINE,
    },
}  # fmt: skip
LEAD: Final = {
    "name": "Jane Doe", "company": "Example Corp", "email": "jane@example.com", "value": 75_000,
    "project_budget": "100k+", "services": ["AI automation"],
}  # fmt: skip
_COMPLETED: Final = "execution.completed"


class Watched(Platform):
    """A platform that tells when a pipeline's result is committed."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.completed = threading.Semaphore(0)

    def _on_stream_record(self, table: str, record: dict[str, Any]) -> None:
        super()._on_stream_record(table, record)
        image = record["dynamodb"].get("NewImage", {})
        if record["eventName"] == "INSERT" and image.get("type", {}).get("S") == _COMPLETED:
            self.completed.release()


class Count:
    """Uses the API and keeps the bill of each use."""

    def __init__(self, platform: Watched, meter: Meter) -> None:
        self._platform = platform
        self._meter = meter
        self._http = requests.Session()
        self.bills: dict[str, list[Bill]] = {}
        self.parts: list[dict[str, Bill]] = []
        """Of each journey, what each function caused."""

    def lead(self) -> str:
        """One lead's whole life: created, handled, read, moved; the board is read beside it."""
        self._meter.reset()
        lead = str(self._ask("POST", "/leads/", LEAD).json()["id"])
        if not self._platform.completed.acquire(timeout=60):
            raise TimeoutError("the pipeline's result did not come")
        self._settle()
        self._keep("create", "CrmFunction", api=True)
        self._keep("journey", api=True)
        self.parts.append(self._meter.by_function())
        self._one("read", "GET", f"/leads/{lead}/")
        self._one("board", "GET", "/leads/")
        self._one("move", "PUT", f"/leads/{lead}/status/", {"status": "Meeting booked"})
        self._keep("relay", "RelayFunction")
        return lead

    def _one(self, name: str, method: str, path: str, body: Any = None) -> None:
        self._meter.reset()
        self._ask(method, path, body)
        self._settle()
        self._keep(name, "CrmFunction", api=True)

    def _ask(self, method: str, path: str, body: Any = None) -> requests.Response:
        answer = self._http.request(method, f"{self._platform.url}{path}", json=body, timeout=30)
        answer.raise_for_status()
        return answer

    def _keep(self, name: str, *functions: str, api: bool = False) -> None:
        bill = self._meter.total(*functions)
        self.bills.setdefault(name, []).append(bill + Counter({API: 1} if api else {}))

    def _settle(self) -> None:
        """Until nothing was counted for a while: relays follow on their own."""
        before: Bill | None = None
        while (now := self._meter.total()) != before:
            before = now
            time.sleep(0.7)


def main() -> None:
    """Runs some leads through the platform and prints the bill."""
    rounds = rounds_asked(__doc__, 5)
    with tempfile.TemporaryDirectory() as home:
        bills, parts, took = _counted(Path(home), rounds)
    _print(bills, rounds)
    _print_thousand(bills["journey"], parts)
    print("\nWarm, median ms: " + ", ".join(f"{n} {s * 1000:.0f}" for n, s in took.items()))


Counted = tuple[dict[str, list[Bill]], list[dict[str, Bill]], dict[str, float]]


def _counted(home: Path, rounds: int) -> Counted:
    """The bills of each use, the parts of journeys, and a warm call of each function in seconds."""
    meter = Meter()
    platform = Watched(Options(port=0, aws_port=0, home=home))
    with meter.invocations(), platform:
        platform.ready.wait(60)
        meter.know(platform)
        count = Count(platform, meter)
        with meter.requests():
            count.lead()  # cold starts, the authorizer's cache
            count.bills.clear()
            count.parts.clear()
            meter.durations.clear()
            for _ in range(rounds):
                count.lead()
        took = {name: meter.seconds(name) for name in sorted(meter.durations)}
        return count.bills, count.parts, took


def _print(bills: Mapping[str, list[Bill]], rounds: int) -> None:
    exact: list[Row] = []
    timed: list[Row] = []
    for name, least in LEAST.items():
        for unit in PRICES:
            ours, floor = _usual(bills[name], unit), least.get(unit, 0.0)
            if not (ours or floor):
                continue
            row = (name, unit, _ratio(ours, floor), f"{ours:.4g}", f"{floor:.4g}")
            (timed if "GB-s" in unit else exact).append(row)
    columns = ("use", "unit", "x least", "billed", "least")
    head = f"Billed units, {rounds} leads, Python {interpreter.python_version()}"
    table(head, columns, exact)
    table("Durations as this machine has them", columns, timed)
    rows = []
    for name, least in LEAST.items():
        used = {unit: _usual(bills[name], unit) for unit in PRICES}
        known, bound = _dollars(used, timed=False), _dollars(least, timed=False)
        spent, empty = _dollars(used, timed=True), _dollars(least, timed=True)
        rows.append((
            name, _ratio(known + spent, bound + empty), _ratio(known, bound), f"{known:.2f}",
            f"{bound:.2f}", f"{spent:.2f}", f"{empty:.2f}",
        ))  # fmt: skip
    table(
        f"Dollars for a million of each, list prices of {PRICES_OF}",
        ("use", "x least", "x least, units", "units", "least", "durations", "least's"),
        rows,
    )


def _print_thousand(journeys: list[Bill], parts: list[dict[str, Bill]]) -> None:
    """A thousand `lead.created`, from the request to the last consumer."""
    least = LEAST["journey"]
    exact = [unit for unit in PRICES if "GB-s" not in unit]
    rows: list[Row] = []
    for unit in exact:
        ours, floor = 1000 * _usual(journeys, unit), 1000 * least.get(unit, 0.0)
        dollars = f"{ours * PRICES[unit] / 1e6:.4f}"
        rows.append((unit, f"{ours:,.0f}", f"{floor:,.0f}", _ratio(ours, floor), dollars))
    used = {unit: _usual(journeys, unit) for unit in PRICES}
    spent, bound = _dollars(used, timed=False) / 1e3, _dollars(least, timed=False) / 1e3
    rows.append(("dollars", f"{spent:.4f}", f"{bound:.4f}", _ratio(spent, bound), f"{spent:.4f}"))
    columns = ("unit", "billed", "least", "x least", "dollars")
    table("A thousand lead.created, end to end", columns, rows)
    shown = [unit for unit in exact if unit != API]
    names = sorted({name for part in parts for name in part})
    by_function = [
        (name, *(f"{_usual([p.get(name, Counter()) for p in parts], u):.4g}" for u in shown))
        for name in names
    ]
    table("Of one of them, by function", ("function", *shown), by_function)


def _usual(bills: list[Bill], unit: str) -> float:
    found = sorted(float(bill[unit]) for bill in bills)
    return found[len(found) // 2]


def _dollars(units: Mapping[str, float], *, timed: bool) -> float:
    return sum(amount * PRICES[unit] for unit, amount in units.items() if ("GB-s" in unit) == timed)


def _ratio(ours: float, floor: float) -> str:
    return f"{ours / floor:.2f}" if floor else "-"


if __name__ == "__main__":
    main()
