"""What a run costs on AWS, before it is run: counted from the graph, priced from the public lists.

An estimate for comparing flows with each other: a node is taken to need 100 ms of a function with
512 MB, a loop to have ten items, and a condition to run all of its branches.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from shared.graph.plan import Plan, Scope

ITEMS: Final = 10
STANDARD_TRANSITION: Final = 25e-6
EXPRESS_REQUEST: Final = 1e-6
EXPRESS_GB_SECOND: Final = 16.67e-6
LAMBDA_REQUEST: Final = 0.2e-6
LAMBDA_GB_SECOND: Final = 16.67e-6
_NODE_SECONDS: Final = 0.1
_NODE_GB: Final = 0.5
_EXPRESS_GB: Final = 0.064
"""Express bills memory in steps of 64 MB."""


@dataclass(frozen=True, slots=True)
class Bill:
    """The billed units of one run, and their price in US dollars."""

    machine: Literal["standard", "express"]
    why: str
    transitions: int
    invocations: int
    dollars: float

    def as_json(self) -> dict[str, Any]:
        """As APIs and command lines show it."""
        return {
            "machine": self.machine,
            "why": self.why,
            "transitions": self.transitions,
            "invocations": self.invocations,
            "dollars_per_thousand_runs": round(self.dollars * 1_000, 6),
        }


def estimate(plan: Plan) -> Bill:
    """The bill of one run, compiled with a state per node."""
    waiting = [step.id for step in plan.steps() if step.definition.waits]
    transitions = _tasks(plan.root) + 1  # the last state closes the record
    runs = _runs(plan.root)
    work = runs * _NODE_SECONDS * _NODE_GB * LAMBDA_GB_SECOND + transitions * LAMBDA_REQUEST
    if waiting:
        why = f"{waiting[0]} may wait" + (f", and {len(waiting) - 1} more" if waiting[1:] else "")
        price = transitions * STANDARD_TRANSITION + work
        return Bill("standard", why, transitions, transitions, price)
    seconds = runs * _NODE_SECONDS
    price = EXPRESS_REQUEST + seconds * _EXPRESS_GB * EXPRESS_GB_SECOND + work
    return Bill("express", "nothing waits", transitions, transitions, price)


def _tasks(scope: Scope) -> int:
    total = 0
    for step in scope.steps:
        total += 1
        if step.body is not None and _waits(step.body):
            total += 1 + ITEMS * _tasks(step.body)
    return total


def _runs(scope: Scope) -> int:
    return sum(1 if s.body is None else 1 + ITEMS * _runs(s.body) for s in scope.steps)


def _waits(scope: Scope) -> bool:
    return any(s.definition.waits or (s.body is not None and _waits(s.body)) for s in scope.steps)
