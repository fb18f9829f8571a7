"""Other functions of ours, called and waited for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from shared.platform.aws import client

MOST: Final = 5_500_000
"""Bytes; Lambda takes and gives 6 MB."""


class FunctionFailedError(Exception):
    """The function was ended, raised, or was asked too much."""


class Function:
    """A Lambda function by name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """What it answers.

        Raises:
            FunctionFailedError: it did not.
        """
        body = json.dumps(payload).encode()
        if len(body) > MOST:
            raise FunctionFailedError(f"{len(body)} bytes are more than a function takes: {MOST}")
        found = client("lambda").invoke(FunctionName=self._name, Payload=body)
        with found["Payload"] as stream:
            text = stream.read().decode()
        if "FunctionError" in found:
            raise FunctionFailedError(f"{self._name}: {text[:500]}")
        answer: dict[str, Any] = json.loads(text)
        return answer
