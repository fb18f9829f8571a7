"""State machines that are waited for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from shared.platform.aws import client

_WAIT_SECONDS = 80


class StillRunningError(Exception):
    """A machine did not end while it was waited for; it goes on, and nobody hears its answer."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How an execution ended."""

    status: Literal["SUCCEEDED", "FAILED", "TIMED_OUT"]
    output: Mapping[str, Any]
    error: str = ""
    cause: str = ""


class Machines(Protocol):
    """The port to state machines."""

    def run(self, arn: str, name: str, item: Mapping[str, Any]) -> Ended:
        """Runs a machine and waits for its end.

        Raises:
            StillRunningError: it takes longer than the port waits.
        """

    def called_by(self, arn: str, state: str) -> str | None:
        """The ARN of the function that a state calls; None if there is no such state."""


class StepFunctionsMachines:
    """The port `Machines` on Express state machines.

    Args:
        seconds: how long an end is waited for; asking twice would run the machine twice.
    """

    def __init__(self, seconds: int = _WAIT_SECONDS) -> None:
        self._seconds = seconds

    def run(self, arn: str, name: str, item: Mapping[str, Any]) -> Ended:
        """See `Machines.run`."""
        from botocore.exceptions import ReadTimeoutError

        asked = client("stepfunctions", self._seconds, 1)
        try:
            answer = asked.start_sync_execution(
                stateMachineArn=arn, name=name, input=json.dumps(item, allow_nan=False)
            )
        except ReadTimeoutError:
            raise StillRunningError(f"no answer within {self._seconds} s") from None
        return Ended(
            answer["status"],
            json.loads(answer["output"]) if answer.get("output") else {},
            answer.get("error", ""),
            answer.get("cause", ""),
        )

    def called_by(self, arn: str, state: str) -> str | None:
        """See `Machines.called_by`."""
        described = client("stepfunctions").describe_state_machine(stateMachineArn=arn)
        found = json.loads(described["definition"])["States"].get(state, {})
        name: str | None = found.get("Parameters", {}).get("FunctionName")
        return name
