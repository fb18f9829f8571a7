"""A flow compiled to a state machine: deterministic, so that equal flows give equal machines."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

from shared.graph.asl import states
from shared.graph.asl.check import check
from shared.graph.asl.choosing import Machine, choose
from shared.graph.asl.emitting import Emitter, Functions, Making
from shared.graph.errors import GraphError
from shared.graph.plan import Plan

RUNNER = "${NodeRunner}"
"""Stands for the node runner where no function is given."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A state machine and why it is as it is."""

    definition: dict[str, Any]
    machine: Machine
    granularity: Literal["node", "region"]

    def as_text(self) -> str:
        """The definition as it is sent to AWS."""
        return json.dumps(self.definition, separators=(",", ":"))


def compile_flow(
    plan: Plan,
    functions: Functions | None = None,
    *,
    granularity: Literal["node", "region"] | None = None,
) -> Compiled:
    """The state machine of a flow.

    Args:
        plan: what to compile.
        functions: which functions run its nodes.
        granularity: a state per node, or one per part that never waits; nothing is the flow's own.

    Raises:
        GraphError: the machine would break a rule of Step Functions.
    """
    chosen = granularity or plan.graph.settings.granularity
    machine = choose(plan)
    functions = functions or Functions(RUNNER)
    place = Emitter(Making(plan, functions, chosen == "region"), plan.root)
    last = place.making.names.give("Finalize")
    final = states.task(
        functions.default, "", "finalize", comment="Closes the run: its status and its result",
        then=None,
    )  # fmt: skip
    start = place.whole(place.add(last, final))
    definition = {
        "Comment": f"Flow {plan.graph.name or plan.graph.id} {plan.graph.version}".strip(),
        "TimeoutSeconds": machine.seconds,
        **place.as_machine(start),
    }
    compiled = Compiled(definition, machine, chosen)
    if problems := check(definition, machine.type):
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise GraphError(f"{problems[0]}{more}")
    return compiled
