"""Runs without a machine: the node runner does the whole flow in one call, or in a few."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from shared.platform.aws import client, error_code
from shared.platform.flow_machines import MachineError

_WAIT_SECONDS: Final = 60


class LambdaFlowRuns:
    """The port `FlowRuns` on the node runner's function."""

    def __init__(self, function: str) -> None:
        """`function` is its ARN."""
        self._function = function

    def run(self, given: Mapping[str, Any]) -> None:
        """See `FlowRuns.run`; a run that takes longer than this waits goes on without us."""
        from botocore.exceptions import ReadTimeoutError

        try:
            self._invoke(given, "RequestResponse")
        except ReadTimeoutError:
            return

    def begin(self, given: Mapping[str, Any]) -> None:
        """See `FlowRuns.begin`."""
        self._invoke(given, "Event")

    def _invoke(self, given: Mapping[str, Any], how: str) -> None:
        from botocore.exceptions import ClientError

        try:
            answer = client("lambda", _WAIT_SECONDS, attempts=1).invoke(
                FunctionName=self._function, InvocationType=how, Payload=json.dumps(given).encode()
            )
        except ClientError as error:
            raise MachineError(f"{error_code(error)}: the node runner was not called") from error
        if answer.get("FunctionError"):
            told = json.loads(answer["Payload"].read())
            raise MachineError(f"{told.get('errorType')}: {told.get('errorMessage')}")
