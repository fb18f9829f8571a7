"""Compiles a pipeline to Amazon States Language.

The states fix an order and nothing else. A node's Task gets the whole item and answers with the
whole next item; the only thing the language looks at is the route that a router's item carries.
Every Task is caught by a Fail state of its own, so that a failed execution names its node.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from shared.pipelines.definition import LONGEST_TRY_SECONDS, Pipeline, Policy

State = dict[str, Any]

NODE_FAILED: Final = "NodeFailed."
"""Prefix of a failed execution's error; the node's name follows."""
NODE_TIMEOUT_SECONDS: Final = LONGEST_TRY_SECONDS
PIPELINE_TIMEOUT_SECONDS: Final = 75
"""Below the starter's own time-out, so that the starter always hears how it ended."""

_DONE: Final = "Done"
_TRANSIENT: Final = [
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
    "Lambda.Unknown",
    "Runtime.ExitError",
]
_CAUSE: Final = (
    "States.Format('[{},{}]', States.JsonToString($.failure), States.JsonToString($.trace))"
)
"""What failed, and which nodes had run before: all that a failed execution tells of its item."""
_ERRORS: Final = {"*": "States.ALL", "Timeout": "States.Timeout"}


def compile_pipeline(pipeline: Pipeline, arn_of: Callable[[str], str]) -> dict[str, Any]:
    """The state machine of a pipeline; `arn_of` gives the function of a node."""
    compiling = _Compiling(pipeline, arn_of)
    start = compiling.chain(pipeline.nodes, _DONE)
    return {
        "Comment": f"Pipeline {pipeline.name}",
        "StartAt": start,
        "TimeoutSeconds": PIPELINE_TIMEOUT_SECONDS,
        "States": dict(_in_order(compiling.states, start)),
    }


class _Compiling:
    """States as they are added, from the end to the start: a state names the one after it."""

    def __init__(self, pipeline: Pipeline, arn_of: Callable[[str], str]) -> None:
        self._pipeline = pipeline
        self._arn_of = arn_of
        self._placed: dict[tuple[str, str], str] = {}
        self.states: dict[str, State] = {_DONE: {"Type": "Succeed"}}

    def chain(self, names: tuple[str, ...], then: str, comment: str = "") -> str:
        """Adds a chain in front of a state; the state that it starts at."""
        for name in reversed(names):
            then = self._place(name, then, comment)
        return then

    def _place(self, name: str, then: str, comment: str) -> str:
        if (name, then) in self._placed:
            return self._placed[name, then]  # branches may share their tail
        state = self._free(name)
        following = then
        if branches := self._pipeline.routers.get(name):
            following = f"Which way after {state}"
            self.states[following] = {
                "Type": "Choice",
                "Choices": [
                    {
                        "Variable": "$.route",
                        "StringEquals": route,
                        "Next": self.chain(inside, then, f", branch {route}"),
                    }
                    for route, inside in branches.items()
                ],
                "Default": then,
            }
        self._add_task(state, name, following, comment)
        self._placed[name, then] = state
        return state

    def _free(self, name: str) -> str:
        """The node's own name, or with a number where it stands in a second place."""
        places = sum(node == name for node, _ in self._placed)
        return f"{name} {places + 1}" if places else name

    def _add_task(self, state: str, name: str, then: str, comment: str) -> None:
        failed = f"Failed at {name}"
        policy = self._pipeline.policy(name)
        self.states[state] = {
            "Type": "Task",
            "Comment": f"Node {name}{comment}",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {
                "FunctionName": self._arn_of(name),
                "Payload": {"item.$": "$", "attempt.$": "$$.State.RetryCount"},
            },
            "OutputPath": "$.Payload",
            "TimeoutSeconds": policy.timeout or NODE_TIMEOUT_SECONDS,
            "Retry": [_retry(_TRANSIENT, Policy(attempts=4)), *_retries(policy)],
            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.failure", "Next": failed}],
            "Next": then,
        }
        self.states[failed] = {
            "Type": "Fail",
            "Error": f"{NODE_FAILED}{name}",
            "CausePath": _CAUSE,
        }


def _retries(policy: Policy) -> list[dict[str, Any]]:
    if policy.attempts == 1:
        return []
    named = ["*"] if "*" in policy.errors else policy.errors
    return [_retry([_ERRORS.get(error, error) for error in named], policy)]


def _retry(errors: list[str], policy: Policy) -> dict[str, Any]:
    return {
        "ErrorEquals": errors,
        "IntervalSeconds": policy.interval,
        "MaxAttempts": policy.attempts - 1,
        "BackoffRate": policy.rate,
        "MaxDelaySeconds": policy.maximum,
        "JitterStrategy": "FULL",
    }


def _in_order(states: dict[str, State], start: str) -> Iterator[tuple[str, State]]:
    """The states as a reader follows them, each once."""
    waiting, seen = [start], {_DONE}
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        state = states[name]
        yield name, state
        choices = [choice["Next"] for choice in state.get("Choices", ())]
        caught = [catch["Next"] for catch in state.get("Catch", ())]
        after = [state[key] for key in ("Next", "Default") if key in state]
        waiting += reversed([*caught, *choices, *after])
    yield _DONE, states[_DONE]
