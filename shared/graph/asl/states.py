"""The few shapes of states that compiled flows are made of.

A state's input is `{tenant, execution, path, route}` and whatever the next state is told; data
never travels. The runner answers with the next state's input. Where a task is lost, by a crash or a
time-out of the function itself, its error takes the place of `route`, so that every Task goes on.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from shared.graph.kinds import ERROR
from shared.graph.retry import RetryPolicy

State = dict[str, Any]
Mode = Literal["run", "region", "answer", "token", "open", "collect", "next", "finalize", "flow"]
"""What a task asks of the node runner; `flow` is everything at once, without a machine."""

INVOKE: Final = "arn:aws:states:::lambda:invoke"
TRIES_AGAIN: Final = "NodeTriesAgain"
"""Raised by the runner where the node's policy allows another try."""
CONTINUES: Final = "RunContinues"
"""Raised by the runner when its time is nearly up: what is done stands in the record."""
RUN_FAILED: Final = "RunFailed"
FUNCTION_SECONDS: Final = 900
"""The longest that a function may run."""
_MARGIN: Final = 30
"""Seconds beyond a node's own time-out in which the runner writes its record."""
CRASHED: Final = ["Runtime.ExitError", "Sandbox.Timedout", "Lambda.Unknown", "States.Timeout"]
"""How a function that died is told."""
_TRANSIENT: Final = [
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
    "TablesBusyError",
]


def task(
    function: str,
    node: str,
    mode: Mode,
    *,
    comment: str,
    then: str | None,
    more: Mapping[str, Any] = {},
    retry: Sequence[State] = (),
    seconds: int = FUNCTION_SECONDS,
    caught: str | None = None,
) -> State:
    """A call of the node runner; `caught` is where a lost task goes on, else `then`."""
    payload = {"node": node, "mode": mode, "attempt.$": "$$.State.RetryCount", "state.$": "$"}
    state: State = {
        "Type": "Task",
        "Comment": comment,
        "Resource": INVOKE,
        "Parameters": {"FunctionName": function, "Payload": payload | dict(more)},
        "OutputPath": "$.Payload",
        "TimeoutSeconds": seconds,
        "Retry": [*retry, _retrier(_TRANSIENT, 1, 3, 2.0, 8)],
    }
    if caught or then:
        state["Catch"] = [catch(caught or str(then))]
    return {**state, **going_on(then)}


def catch(then: str) -> State:
    """Whatever a state fails with takes the place of the route."""
    return {"ErrorEquals": ["States.ALL"], "ResultPath": "$.route", "Next": then}


def going_on(then: str | None) -> State:
    """What follows a state."""
    return {"Next": then} if then else {"End": True}


def choice(routes: Mapping[str, str], default: str, comment: str) -> State:
    """The way after a node: by its route; a lost node takes its error output."""
    rules = [_rule(handle, then) for handle, then in routes.items()]
    return {"Type": "Choice", "Comment": comment, "Choices": rules, "Default": default}


def done(comment: str) -> State:
    """The end of a branch in which nothing is left to do."""
    return {"Type": "Succeed", "Comment": comment}


def retry_of(policy: RetryPolicy | None) -> list[State]:
    """The same policy as inline, in ASL's words: whole seconds, and pauses of at least one."""
    if policy is None or policy.attempts < 2:
        return []
    interval = max(1, round(policy.interval))
    retrier = _retrier(
        [TRIES_AGAIN], interval, policy.attempts - 1, policy.rate,
        max(interval + 1, round(policy.maximum)),
    )  # fmt: skip
    if policy.jitter == "none":
        retrier["JitterStrategy"] = "NONE"
    return [retrier]


def continued() -> list[State]:
    """A task that is entered again as often as it says that it is not done, and after a crash.

    What it has done stands in the record and is not done again.
    """
    return [_retrier([CONTINUES], 1, 99_999, 1.0, 2), _retrier(CRASHED, 1, 2, 2.0, 8)]


def seconds_of(timeout: float) -> int:
    """How long a task may take whose node may take so long."""
    return min(FUNCTION_SECONDS, math.ceil(timeout) + _MARGIN)


def _rule(handle: str, then: str) -> State:
    chosen = {"Variable": "$.route", "StringEquals": handle}
    if handle != ERROR:
        return {**chosen, "Next": then}
    lost = {"Variable": "$.route.Error", "IsPresent": True}
    return {"Or": [chosen, lost], "Next": then}


def _retrier(errors: list[str], interval: int, attempts: int, rate: float, most: int) -> State:
    return {
        "ErrorEquals": errors,
        "IntervalSeconds": interval,
        "MaxAttempts": attempts,
        "BackoffRate": rate,
        "MaxDelaySeconds": most,
        "JitterStrategy": "FULL",
    }
