"""State machines that are waited for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from shared.platform.aws import client

_WAIT_SECONDS = 80


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
        """Runs a machine and waits for its end."""


class StepFunctionsMachines:
    """The port `Machines` on Express state machines."""

    def run(self, arn: str, name: str, item: Mapping[str, Any]) -> Ended:
        """See `Machines.run`."""
        answer = client("stepfunctions", _WAIT_SECONDS).start_sync_execution(
            stateMachineArn=arn, name=name, input=json.dumps(item, allow_nan=False)
        )
        return Ended(
            answer["status"],
            json.loads(answer["output"]) if answer.get("output") else {},
            answer.get("error", ""),
            answer.get("cause", ""),
        )
