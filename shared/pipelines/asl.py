"""Compiles a pipeline to Amazon States Language.

The states fix an order and nothing else. A node's Task gets the whole item and answers with the
whole next item; the only thing the language looks at is the route that a router's item carries.
Every Task is caught by a Fail state of its own, so that a failed execution names its node.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from shared.pipelines.definition import Pipeline

State = dict[str, Any]

NODE_FAILED: Final = "NodeFailed."
"""Prefix of a failed execution's error; the node's name follows."""
NODE_TIMEOUT_SECONDS: Final = 30
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


def compile_pipeline(pipeline: Pipeline, arn_of: Callable[[str], str]) -> dict[str, Any]:
    """The state machine of a pipeline; `arn_of` gives the function of a node."""
    states: dict[str, State] = {}
    following = [*pipeline.nodes[1:], _DONE]
    for name, then in zip(pipeline.nodes, following, strict=True):
        if branches := pipeline.routers.get(name):
            choice = f"Which way after {name}"
            _add_task(states, name, arn_of(name), choice)
            states[choice] = _choice(branches, then)
            for route, nodes in branches.items():
                _add_branch(states, nodes, then, arn_of, f"branch {route}")
        else:
            _add_task(states, name, arn_of(name), then)
    states[_DONE] = {"Type": "Succeed"}
    return {
        "Comment": f"Pipeline {pipeline.name}",
        "StartAt": pipeline.nodes[0],
        "TimeoutSeconds": PIPELINE_TIMEOUT_SECONDS,
        "States": states,
    }


def _add_branch(
    states: dict[str, State],
    nodes: tuple[str, ...],
    then: str,
    arn_of: Callable[[str], str],
    comment: str,
) -> None:
    following_nodes = [*nodes[1:], then] if nodes else []
    for name, following in zip(nodes, following_nodes, strict=True):
        if name in states and states[name]["Next"] == following:
            continue  # two branches may share their tail
        if name in states:
            raise ValueError(f"{name} is followed by two different nodes; name it once a branch")
        _add_task(states, name, arn_of(name), following)
        states[name]["Comment"] += f", {comment}"


def _choice(branches: Any, then: str) -> State:
    return {
        "Type": "Choice",
        "Choices": [
            {"Variable": "$.route", "StringEquals": route, "Next": nodes[0] if nodes else then}
            for route, nodes in branches.items()
        ],
        "Default": then,
    }


def _add_task(states: dict[str, State], name: str, arn: str, then: str) -> None:
    failed = f"Failed at {name}"
    states[name] = {
        "Type": "Task",
        "Comment": f"Node {name}",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {
            "FunctionName": arn,
            "Payload": {"item.$": "$", "attempt.$": "$$.State.RetryCount"},
        },
        "OutputPath": "$.Payload",
        "TimeoutSeconds": NODE_TIMEOUT_SECONDS,
        "Retry": [
            {
                "ErrorEquals": _TRANSIENT,
                "IntervalSeconds": 1,
                "MaxAttempts": 3,
                "BackoffRate": 2.0,
                "MaxDelaySeconds": 8,
                "JitterStrategy": "FULL",
            }
        ],
        "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.failure", "Next": failed}],
        "Next": then,
    }
    states[failed] = {
        "Type": "Fail",
        "Error": f"{NODE_FAILED}{name}",
        "CausePath": "States.JsonToString($.failure)",
    }
