"""The clock: calls what a schedule names, at its rate."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from typing import Any, Final

from local.blueprint import BlueprintError
from local.delivery.invoking import Invoke, Report
from local.lambda_host import name_of

_RATE: Final = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_SECONDS: Final = {"minute": 60, "hour": 3_600, "day": 86_400}


class ScheduleClock:
    """One schedule that calls a function."""

    def __init__(self, schedule: Mapping[str, Any], invoke: Invoke, report: Report) -> None:
        self._name = str(schedule["Name"])
        self._seconds = rate_seconds(self._name, str(schedule["ScheduleExpression"]))
        target = schedule["Target"]
        self._function = name_of(str(target["Arn"]))
        self._input = json.loads(target.get("Input") or "{}")
        self._invoke = invoke
        self._report = report
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name=self._name)

    def start(self) -> None:
        """Starts the clock."""
        self._thread.start()

    def close(self) -> None:
        """Stops the clock."""
        self._closed.set()

    def join(self, seconds: float) -> None:
        """Waits for the call in hand."""
        self._thread.join(seconds)

    def _run(self) -> None:
        while not self._closed.wait(self._seconds):
            result = self._invoke(self._function, self._input)
            if result.failed and not self._closed.is_set():
                self._report(self._name, result.error()["errorMessage"])


def rate_seconds(name: str, expression: str) -> int:
    """The seconds between two calls.

    Raises:
        BlueprintError: an expression that the clock does not know.
    """
    match = _RATE.fullmatch(expression)
    if not match:
        raise BlueprintError(
            f"{name}: the laptop's clock knows rate(n minutes|hours|days), not {expression!r}"
        )
    return int(match[1]) * _SECONDS[match[2]]
