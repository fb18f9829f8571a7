"""A function as the blueprint describes it, and what an invocation gives."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class FunctionSpec:
    """A function."""

    name: str
    handler: str
    """Dotted path below the repository's root, e.g. functions.crm.handler.handler."""
    timeout: float
    """Seconds an invocation may take."""
    memory: int = 128
    """Megabytes; told to the function, not enforced."""
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    role: str = ""
    """The ARN of the role that it calls AWS with."""
    concurrency: int = field(default_factory=lambda: (os.cpu_count() or 2) + 1)
    """Invocations at once; more wait. More environments than processors only start slower."""


@dataclass(frozen=True, slots=True)
class InvocationResult:
    """What came of an invocation: the function's answer, or AWS's error object."""

    payload: bytes
    failed: bool = False
    request_id: str = ""

    def error(self) -> dict[str, Any]:
        """The error object of a failed invocation."""
        found: dict[str, Any] = json.loads(self.payload)
        return found


def name_of(function: str) -> str:
    """The name of a function from its name or its ARN, with or without an alias."""
    return function.rpartition(":function:")[2].partition(":")[0]


def qualifier_of(function: str) -> str:
    """The alias or version that an ARN names; empty if it names none."""
    return function.rpartition(":function:")[2].partition(":")[2]


def failure(kind: str, message: str, request_id: str = "") -> InvocationResult:
    """A failed invocation in AWS's form."""
    payload = json.dumps({"errorType": kind, "errorMessage": message}).encode()
    return InvocationResult(payload, failed=True, request_id=request_id)
