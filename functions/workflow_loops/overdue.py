"""Closes runs that have no end: called every few minutes, and when a machine ended without one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from functions.workflow_loops.executing import Executing, aws_executing
from shared.platform.log import logger

log = logger("overdue")


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Sweeps; or, of messages with events of Step Functions, closes runs whose machine ended."""
    return close(event, aws_executing())


def close(event: dict[str, Any], at: Executing) -> dict[str, Any]:
    """What the handler does, on given services."""
    if "Records" not in event:
        closed = at.overdue.sweep()
        log.info("swept", closed=closed)
        return {"closed": closed}
    for record in event["Records"]:
        _close(json.loads(record["body"])["detail"], at)
    return {"batchItemFailures": []}


def _close(ended: Mapping[str, Any], at: Executing) -> None:
    """Of a run whose end stands already nothing is changed."""
    given = json.loads(ended["input"])
    said = f"its state machine is {ended['status']}: {ended.get('cause') or 'no cause is told'}"
    at.overdue.lost(given["tenant"], given["execution"], said)
