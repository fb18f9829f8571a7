"""Starts, for a run that failed, the workflow that its own names for that."""

from __future__ import annotations

import json
from typing import Any, Final

from functions.workflow_loops.executing import Executing, aws_executing
from shared.events.envelope import from_wire
from shared.platform.log import logger
from shared.workflows.errors import NotPublishedError, WorkflowNotFoundError
from shared.workflows.executions.errors import (
    ExecutionNotFoundError,
    PublisherError,
    WorkflowInactiveError,
)

log = logger("failure_starter")
_HOPELESS: Final = (
    WorkflowNotFoundError,
    NotPublishedError,
    WorkflowInactiveError,
    PublisherError,
    ExecutionNotFoundError,
)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Takes one event per call; what cannot be started now comes again."""
    return consume(event, aws_executing())


def consume(event: dict[str, Any], at: Executing) -> dict[str, Any]:
    """What the handler does, on given services."""
    for record in event["Records"]:
        _start(json.loads(record["body"])["detail"], at)
    return {"batchItemFailures": []}


def _start(detail: dict[str, Any], at: Executing) -> None:
    failed = from_wire(json.dumps(detail))
    execution = str(failed.data["execution_id"])
    try:
        started = at.failures.handle(str(failed.tenant), execution)
    except _HOPELESS as error:
        log.warning("not started", execution_id=execution, why=str(error))
    else:
        log.info("looked at", execution_id=execution, started=started.id if started else None)
