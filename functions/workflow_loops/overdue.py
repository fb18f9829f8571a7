"""Closes, every few minutes, runs that should have ended and did not."""

from __future__ import annotations

from typing import Any

from functions.workflow_loops.executing import aws_executing
from shared.platform.log import logger

log = logger("overdue")


def handler(event: dict[str, Any], context: object) -> dict[str, int]:
    """Closes what is overdue, of all tenants."""
    closed = aws_executing().overdue.sweep()
    if closed:
        log.warning("closed", runs=closed)
    return {"closed": closed}
