"""Functions that are called and waited for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Protocol

from shared.platform.aws import client


class FunctionFailedError(Exception):
    """The function ended without an answer."""


class Functions(Protocol):
    """The port to other functions."""

    def call(self, name: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """What it answers.

        Raises:
            FunctionFailedError: it raised, or was ended.
        """


class LambdaFunctions:
    """The port on AWS Lambda."""

    def call(self, name: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """See `Functions.call`."""
        answer = client("lambda").invoke(FunctionName=name, Payload=json.dumps(payload).encode())
        body = answer["Payload"].read()
        if answer.get("FunctionError"):
            raise FunctionFailedError(f"{name} ended without an answer")
        return dict(json.loads(body))
