"""Functions that are called and waited for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, Protocol

from shared.platform.aws import client

MOST: Final = 5_500_000
"""Bytes; Lambda takes and gives 6 MB."""


class FunctionFailedError(Exception):
    """The function ended without an answer; `reason` is what it raised, if it said so."""

    def __init__(self, message: str, reason: str | None = None) -> None:
        super().__init__(message)
        self.reason = reason


class Functions(Protocol):
    """The port to other functions."""

    def call(self, name: str, payload: Mapping[str, Any], tenant: str = "") -> dict[str, Any]:
        """What it answers; `tenant` is for functions that AWS isolates by tenant.

        Raises:
            FunctionFailedError: it raised, or was ended.
        """


class LambdaFunctions:
    """The port on AWS Lambda."""

    def __init__(self, wait: int = 10, attempts: int = 4) -> None:
        """For how many seconds an answer is waited, and how often it is asked for."""
        self._wait, self._attempts = wait, attempts

    def call(self, name: str, payload: Mapping[str, Any], tenant: str = "") -> dict[str, Any]:
        """See `Functions.call`."""
        from botocore.exceptions import BotoCoreError, ClientError

        body = json.dumps(payload).encode()
        if len(body) > MOST:
            raise FunctionFailedError(f"{len(body)} bytes are more than a function takes: {MOST}")
        try:
            isolated = {"TenantId": tenant} if tenant else {}
            answer = client("lambda", self._wait, self._attempts).invoke(
                FunctionName=name, Payload=body, **isolated
            )
        except (BotoCoreError, ClientError) as error:
            raise FunctionFailedError(f"{name} gave no answer: {error}") from error
        told = answer["Payload"].read()
        if answer.get("FunctionError"):
            raise FunctionFailedError(f"{name} ended without an answer", _reason(told))
        return dict(json.loads(told))


def _reason(body: bytes) -> str | None:
    try:
        said = json.loads(body)
        return f"{said['errorType']}: {said['errorMessage']}"
    except (ValueError, KeyError, TypeError):
        return None
