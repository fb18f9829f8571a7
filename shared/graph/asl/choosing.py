"""Standard or Express, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shared.graph.asl.waiting import who_waits
from shared.graph.errors import GraphError
from shared.graph.plan import Plan, Scope, Step
from shared.graph.retry import NO_RETRY

EXPRESS_SECONDS = 240
"""An Express execution ends after five minutes; one is left for starting functions."""
YEAR = 31_536_000


@dataclass(frozen=True, slots=True)
class Machine:
    """Which type of state machine a flow needs."""

    type: Literal["STANDARD", "EXPRESS"]
    reason: str
    seconds: int
    """After which an execution is ended by force."""


def choose(plan: Plan) -> Machine:
    """The type of machine.

    Raises:
        GraphError: the flow wants Express and cannot have it.
    """
    settings = plan.graph.settings
    reason = _why_standard(plan)
    if settings.machine == "express" and reason:
        raise GraphError(f"settings.machine: express is not possible, {reason}; use auto")
    if settings.machine == "standard":
        return Machine("STANDARD", "the flow's settings ask for it", YEAR)
    if reason:
        return Machine("STANDARD", reason, YEAR)
    return Machine("EXPRESS", "nothing waits and all is done within four minutes", 300)


def longest(scope: Scope, plan: Plan) -> float:
    """The most seconds that the nodes of a scope take by their own limits, tries and pauses."""
    ends = [0.0] * len(scope.steps)
    for index in scope.order:
        step = scope.steps[index]
        before = max((ends[i.source] for i in step.inlets if i.source >= 0), default=0.0)
        ends[index] = before + _seconds(step, plan)
    return max(ends, default=0.0)


def _why_standard(plan: Plan) -> str:
    if waiting := who_waits(plan.root):
        return f"node {waiting[0]} waits"
    bound = min(longest(plan.root, plan), plan.graph.settings.timeout)
    if bound > EXPRESS_SECONDS:
        return (
            f"it may take {bound:.0f} s; lower settings.timeout or the nodes' own time-outs "
            f"to {EXPRESS_SECONDS} s for Express"
        )
    return ""


def _seconds(step: Step, plan: Plan) -> float:
    settings = plan.graph.settings
    policy = step.node.retry or settings.retry or NO_RETRY
    tries = policy.attempts * (policy.timeout or settings.node_timeout)
    return tries + sum(policy.pause(n, max) for n in range(1, policy.attempts))
