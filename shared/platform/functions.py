"""Other functions of ours, called and waited for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from shared.platform.aws import client, error_code

MOST: Final = 5_500_000
"""Bytes; Lambda takes and gives 6 MB."""
_WAIT_SECONDS: Final = 60


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
        found = self._invoked(body)
        with found["Payload"] as stream:
            text = stream.read().decode()
        if "FunctionError" in found:
            raise FunctionFailedError(f"{self._name}: {text[:500]}")
        answer: dict[str, Any] = json.loads(text)
        return answer

    def _invoked(self, body: bytes) -> Any:
        from botocore.exceptions import ClientError, ReadTimeoutError

        try:
            # A call that is repeated would do twice what nodes do in the world.
            return client("lambda", _WAIT_SECONDS, attempts=1).invoke(
                FunctionName=self._name, Payload=body
            )
        except ReadTimeoutError:
            raise FunctionFailedError(f"no answer within {_WAIT_SECONDS} s") from None
        except ClientError as error:
            raise FunctionFailedError(f"{error_code(error)}: it was not called") from error
