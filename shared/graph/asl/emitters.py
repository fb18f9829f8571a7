"""An emitter per kind of step: what stands for it among the states."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from shared.graph.asl import states
from shared.graph.asl.emitting import Emitter
from shared.graph.asl.states import State, continued, retry_of, seconds_of, task
from shared.graph.asl.waiting import waits
from shared.graph.node import LoopNode, LoopPolicy
from shared.graph.plan import Step
from shared.graph.retry import RetryPolicy

INLINE_ITEMS = 1_000
"""A map of more items gets executions of its own, because a history ends at 25,000 events."""
_KINDS = ("timer", "callback")


def emit_step(place: Emitter, step: Step, then: str | None) -> str:
    """The states of one step; the name of the first."""
    if step.body is None:
        return (_waiting if step.definition.waits else _plain)(place, step, then)
    if not waits(step):
        return _loop(place, step, then)
    policy = loop_policy(step)
    concurrent = policy.mode == "for_each" and policy.concurrency > 1
    return _map(place, step, then, policy) if concurrent else _cycle(place, step, then)


def emit_region(place: Emitter, members: Sequence[int], then: str | None) -> str:
    """One task for several steps, which runs them inline."""
    steps = place.scope.steps
    ids = [steps[member].id for member in members]
    first = steps[members[0]]
    more = {} if len(members) == len(steps) else {"nodes": ids}
    name = place.making.label(first, " and what follows" if len(ids) > 1 else "")
    comment = f"Nodes {', '.join(ids[:20])}{f' and {len(ids) - 20} more' if len(ids) > 20 else ''}"
    function = place.making.functions.default
    return place.add(
        name,
        task(function, first.id, "region", comment=comment, then=then, more=more,
             retry=continued()),
    )  # fmt: skip


def loop_policy(step: Step) -> LoopPolicy:
    """How a loop runs its body, as far as its configuration says so before it is rendered."""
    definition: Any = step.definition
    try:
        node: LoopNode[Any] = definition()
        return node.policy(definition.Config.model_validate(step.node.config))
    except ValueError:  # templates stand where numbers will be: in order is always right
        return LoopPolicy()


def policy_of(place: Emitter, step: Step) -> RetryPolicy | None:
    """The retry policy of a step."""
    return step.node.retry or place.making.plan.graph.settings.retry


def _plain(place: Emitter, step: Step, then: str | None) -> str:
    return place.add(place.making.label(step), _run(place, step, then))


def _loop(place: Emitter, step: Step, then: str | None) -> str:
    """A loop whose body never waits: one task, entered again until it is done."""
    made = _run(place, step, then)
    made["Retry"] = [*continued(), *made["Retry"][-1:]]
    made["TimeoutSeconds"] = states.FUNCTION_SECONDS
    return place.add(place.making.label(step), made)


def _run(place: Emitter, step: Step, then: str | None, caught: str | None = None) -> State:
    policy, settings = policy_of(place, step), place.making.plan.graph.settings
    seconds = seconds_of((policy.timeout if policy else None) or settings.node_timeout)
    return task(
        _function(place, step), step.id, "run", comment=_comment(step), then=then,
        retry=retry_of(policy), seconds=seconds, caught=caught or place.stop(then),
    )  # fmt: skip


def _waiting(place: Emitter, step: Step, then: str | None) -> str:
    """A task that decides whether and for what to wait, the wait, and a task that ends it."""
    onward = place.stop(then)
    ended = place.making.label(step, " ended")
    place.add(
        ended,
        task(_function(place, step), step.id, "answer", comment=f"{_comment(step)}: its answer",
             then=onward),
    )  # fmt: skip
    wanted = getattr(step.definition, "waits_as", None)
    rules = []
    for kind in _KINDS if wanted is None else (wanted,):
        state = _WAITS[kind](place, step, ended)
        name = place.add(place.making.label(step, f" waits ({kind})"), state)
        rules.append({"Variable": "$.waits", "StringEquals": kind, "Next": name})
    asked = place.making.label(step, " waits?")
    place.add(
        asked,
        {"Type": "Choice", "Comment": f"Whether node {step.id} waits", "Choices": rules,
         "Default": onward},
    )  # fmt: skip
    return place.add(place.making.label(step), _run(place, step, asked, caught=onward))


def _timer(place: Emitter, step: Step, then: str) -> State:
    return {
        "Type": "Wait",
        "Comment": f"Node {step.id} waits for a time",
        "TimestampPath": "$.until",
        "Next": then,
    }


def _callback(place: Emitter, step: Step, then: str) -> State:
    made = task(
        _function(place, step), step.id, "token", then=then,
        comment=f"Node {step.id} waits for an answer", more={"token.$": "$$.Task.Token"},
    )  # fmt: skip
    made["Resource"] += ".waitForTaskToken"
    del made["OutputPath"], made["TimeoutSeconds"]
    return {**made, "ResultPath": None, "TimeoutSecondsPath": "$.seconds"}


_WAITS: dict[str, Callable[[Emitter, Step, str], State]] = {
    "timer": _timer,
    "callback": _callback,
}


def _map(place: Emitter, step: Step, then: str | None, policy: LoopPolicy) -> str:
    """Items side by side, each through states of its own."""
    collected = place.add(
        place.making.label(step, " results"),
        task(_function(place, step), step.id, "collect", comment=f"{_comment(step)}: its results",
             then=then),
    )  # fmt: skip
    inner = Emitter(place.making, _body(step))
    start = inner.whole(None)
    many = policy.max_iterations > INLINE_ITEMS
    mode = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"} if many else {"Mode": "INLINE"}
    shared = {"tenant.$": "$.tenant", "execution.$": "$.execution", "route": ""}
    items = place.add(
        place.making.label(step, " items"),
        {
            "Type": "Map",
            "Comment": f"The items of node {step.id}",
            "ItemsPath": "$.items",
            "ItemSelector": shared | {"path.$": "$$.Map.Item.Value"},
            "MaxConcurrency": policy.concurrency,
            "ItemProcessor": {"ProcessorConfig": mode, **inner.as_machine(start)},
            "ResultPath": None,
            "Catch": [states.catch(collected)],
            "Next": collected,
        },
    )
    opened = task(
        _function(place, step), step.id, "open", comment=_comment(step), then=items,
        caught=place.stop(then),
    )  # fmt: skip
    return place.add(place.making.label(step), opened)


def _cycle(place: Emitter, step: Step, then: str | None) -> str:
    """One item after the other, round and round."""
    name, onward = place.making.label(step), place.stop(then)
    inner = Emitter(place.making, _body(step))
    start = inner.whole(name)
    place.states.update(inner.states)
    again = place.making.label(step, " goes round?")
    place.add(
        again,
        {
            "Type": "Choice",
            "Comment": f"Whether node {step.id} has another item",
            "Choices": [{"Variable": "$.again", "BooleanEquals": True, "Next": start}],
            "Default": onward,
        },
    )
    made = task(
        _function(place, step), step.id, "next", comment=_comment(step), then=again, caught=onward
    )
    return place.add(name, made)


def _body(step: Step) -> Any:
    return step.body


def _function(place: Emitter, step: Step) -> str:
    settings = place.making.plan.graph.settings
    return place.making.functions.of(step.node.pool or settings.pool or step.definition.pool)


def _comment(step: Step) -> str:
    return f"Node {step.id} ({step.definition.kind.value})"
