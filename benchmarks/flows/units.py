"""What AWS bills for ten typical workflows, counted on the calls made, beside naive and least.

Each workflow (`workflows/*.json`) is compiled and run as an execution of moto's Step Functions,
with the record in moto's DynamoDB and S3; every request is counted there, DynamoDB's by its
published rules (`benchmarks/capacity.py`), state transitions from the execution's history. A run
that may be Express is billed as Express: one request, and the time of the execution at 64 MB.

naive   The same nodes as a Lambda each in a Standard machine, data by value and no record: a
        transition per node run and per try, one more per condition (its Choice), per fork
        (its Parallel) and per round of a `while` (two: the question and its Choice); a loop over
        items is a Map. It forgets everything, and refuses data above 256 KiB.
least   What keeps the same promises could not do with less: a write unit for the start, for each
        node that ran, for each item that ended and for the end; nothing read; a request per node
        (region: per stretch without a wait); Standard only where something waits, a transition per
        request and per wait. Data above 64 KB is written to S3 once.

Durations are this machine's, moto's answers among them: their order of magnitude carries over. They
stand in their own column; Lambda's are taken at 256 MB.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from benchmarks.billed import PRICES as OTHER_PRICES
from benchmarks.billed import PRICES_OF
from benchmarks.flows.counting import Counted, World, counting
from benchmarks.measuring import Row, table
from benchmarks.meter import INVOCATIONS, MACHINE_SECONDS, MACHINES, READS, SECONDS, WRITES
from shared.graph import FlowGraph, load_flow
from shared.graph.durable.blobs import MAX_ROW
from shared.graph.record import Status

FOLDER: Final = Path(__file__).parent / "workflows"
TRANSITIONS: Final = "state transitions"
PUTS: Final = "S3 PUT"
GETS: Final = "S3 GET"
PRICES: Final[Mapping[str, float]] = {
    TRANSITIONS: 25.0,
    INVOCATIONS: OTHER_PRICES[INVOCATIONS],
    MACHINES: OTHER_PRICES[MACHINES],
    READS: OTHER_PRICES[READS],
    WRITES: OTHER_PRICES[WRITES],
    PUTS: 5.0,
    GETS: 0.4,
    MACHINE_SECONDS: OTHER_PRICES[MACHINE_SECONDS],
    SECONDS: OTHER_PRICES[SECONDS],
}
"""Dollars for a million units."""
_CHOOSING: Final = ("condition", "approval", "loop")
_RAN: Final = (Status.COMPLETED, Status.FAILED)
Units = Mapping[str, float]


def workflows() -> dict[str, tuple[FlowGraph, dict[str, Any]]]:
    """The flows and their inputs, by name."""
    found = {}
    for file in sorted(FOLDER.glob("*.json")):
        raw = json.loads(file.read_text())
        found[file.stem] = load_flow(raw["flow"]), _repeated(raw["input"])
    return found


def naive(run: Counted) -> Units:
    """A Lambda per node, Standard, data by value."""
    bill: Counter[str] = Counter()
    for entry, plan in run.entries():
        if entry.status not in _RAN:
            continue
        step = next(step for step in plan.steps() if step.id == entry.node)
        kind = step.node.type
        bill[TRANSITIONS] += 1 + (kind in ("condition", "approval"))
        bill[INVOCATIONS] += kind not in ("delay", "sub-workflow", "loop")
        bill[TRANSITIONS] += len(step.targets) > 1 and kind not in _CHOOSING
        if step.node.config.get("mode") == "while":
            rounds = entry.output["loop"]["iterations"] + 1
            bill[TRANSITIONS] += 2 * rounds - 1
            bill[INVOCATIONS] += rounds
    return bill


def least(run: Counted, granularity: str) -> Units:
    """What keeps the same promises could not do with less."""
    bill: Counter[str] = Counter()
    bill[WRITES] = 2 * run.executions + run.items
    waits = own = 0
    for entry, plan in run.entries():
        if entry.status in _RAN:
            bill[WRITES] += 1
            step = next(step for step in plan.steps() if step.id == entry.node)
            waits += step.definition.waits
            own += plan is run.parts[0][0] and not entry.path
            bill[INVOCATIONS] += granularity == "node" and not entry.path
    bill[PUTS] = run.large
    if granularity == "region":
        bill[INVOCATIONS] = run.executions + waits
    if run.express:
        bill[MACHINES] = run.executions
    else:
        bill[TRANSITIONS] = (own if granularity == "node" else 1 + waits) + waits
        bill[MACHINES] = run.executions - 1 if run.child_express else 0
    return bill


def measure(rounds: int) -> None:
    """Runs each workflow in both granularities and prints the bills."""
    exact: list[Row] = []
    dollars: list[Row] = []
    found: dict[str, dict[str, Counted]] = {}
    with counting() as world:
        for how in ("node", "region"):  # what a flow uses is compiled as it is
            for name, (graph, given) in workflows().items():
                found.setdefault(name, {})[how] = _usual(world, name, graph, given, how)
    for name, runs in found.items():
        bare = naive(runs["node"])
        exact += _rows(name, bare, runs)
        dollars.append(_dollars(name, runs, bare))
    units = (TRANSITIONS, MACHINES, INVOCATIONS, READS, WRITES, PUTS, GETS)
    table("Billed units of a run", ("workflow", "how", "machine", *units), exact)
    table(
        f"Dollars for a million runs, list prices of {PRICES_OF}; durations beside them",
        ("workflow", "naive", "node", "least", "x least", "region", "least", "x least",
         "naive / node", "naive / region", "durations: node", "region"),
        dollars,
    )  # fmt: skip


def _rows(name: str, bare: Units, runs: Mapping[str, Counted]) -> list[Row]:
    machine = "Express" if runs["node"].express else "Standard"
    rows = [
        (name, "naive", "Standard", *_amounts(bare)),
        ("", "node", machine, *_amounts(runs["node"].bill)),
        ("", "node, least", "", *_amounts(least(runs["node"], "node"))),
        ("", "region", machine, *_amounts(runs["region"].bill)),
        ("", "region, least", "", *_amounts(least(runs["region"], "region"))),
    ]
    return list(rows)


def _amounts(bill: Units) -> list[str]:
    names = (TRANSITIONS, MACHINES, INVOCATIONS, READS, WRITES, PUTS, GETS)
    return [f"{bill.get(unit, 0):g}" if bill.get(unit) else "" for unit in names]


def _dollars(name: str, runs: Mapping[str, Counted], bare: Units) -> Row:
    cost = _cost(bare)
    row: list[object] = [name, f"{cost:.1f}"]
    shares = []
    for how in ("node", "region"):
        mine, floor = _cost(runs[how].bill), _cost(least(runs[how], how))
        row += [f"{mine:.1f}", f"{floor:.1f}", f"{mine / floor:.2f}"]
        shares.append(f"{cost / mine:.1f}")
    spent = [f"{_cost(runs[how].bill, timed=True):.1f}" for how in ("node", "region")]
    return [*row, *shares, *spent]


def _cost(bill: Units, *, timed: bool = False) -> float:
    return sum(n * PRICES[unit] for unit, n in bill.items() if ("GB-s" in unit) == timed)


def _usual(world: World, name: str, graph: FlowGraph, given: Any, how: Any) -> Counted:
    """The second run: what is set up once was set up by the first."""
    world.run(name, graph, given, how)
    run = world.run(name, graph, given, how)
    run.large = sum(len(json.dumps(value)) > MAX_ROW for value in given.values())
    return run


def _repeated(given: dict[str, Any]) -> dict[str, Any]:
    return {
        key: [value["of"]] * value["$repeat"]
        if isinstance(value, dict) and "$repeat" in value
        else value
        for key, value in given.items()
    }
