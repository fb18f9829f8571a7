"""Closes runs that have no end: called every few minutes, and when a machine ended without one."""

from __future__ import annotations

import json
from typing import Any

from functions.workflow_loops.executing import Executing, aws_executing
from shared.platform.log import logger

log = logger("overdue")


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Sweeps; or, of an event of Step Functions, closes the run whose machine ended."""
    return close(event, aws_executing())


def close(event: dict[str, Any], at: Executing) -> dict[str, Any]:
    """What the handler does, on given services."""
    if "detail" not in event:
        closed = at.overdue.sweep()
        log.info("swept", closed=closed)
        return {"closed": closed}
    ended = event["detail"]
    given = json.loads(ended["input"])
    said = f"its state machine is {ended['status']}: {ended.get('cause') or 'no cause is told'}"
    at.overdue.lost(given["tenant"], given["execution"], said)
    return {"closed": 1}
