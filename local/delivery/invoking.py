"""What delivery needs of the Lambda host, and how a batch's answer is read."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from local.lambda_host import InvocationResult

Invoke = Callable[[str, Mapping[str, Any]], InvocationResult]
"""Calls a function with an event."""

Report = Callable[[str, str], None]
"""A line for the live log: what it is about, and what happened."""


def reports_failures(mapping: Mapping[str, Any]) -> bool:
    """Whether the mapping lets its function name the items of a batch that failed."""
    return "ReportBatchItemFailures" in mapping.get("FunctionResponseTypes", ())


def failed_items(
    result: InvocationResult, all_items: list[str], *, partial: bool = True
) -> list[str]:
    """The items of a batch that the function could not handle.

    A function that failed handled nothing; one that names no failures handled everything; one that
    names an item that was not in the batch handled nothing either, as AWS has it.
    """
    if result.failed:
        return all_items
    answer = json.loads(result.payload or b"null") if partial else None
    failures = answer.get("batchItemFailures") if isinstance(answer, dict) else None
    if not failures:
        return []
    try:
        named = [str(failure["itemIdentifier"]) for failure in failures]
    except (TypeError, KeyError):
        return all_items
    return all_items if any(name not in all_items for name in named) else named
