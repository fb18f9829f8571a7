"""Takes `execution.failed` events that name a workflow, and starts it."""

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

log = logger("failures")
_FINAL: Final = (
    ExecutionNotFoundError, WorkflowNotFoundError, NotPublishedError, WorkflowInactiveError,
    PublisherError,
)  # fmt: skip
"""What another delivery would not change."""


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Handles a batch of the queue; messages that shall come again are reported as failures."""
    return consume(event, aws_executing())


def consume(event: dict[str, Any], at: Executing) -> dict[str, Any]:
    """The batch on given services."""
    failures = []
    for record in event["Records"]:
        try:
            failed = from_wire(json.loads(record["body"])["detail"])
            made = at.failures.handle(str(failed.tenant), failed.data["execution_id"])
            log.info("failure", failed=failed.data["execution_id"], started=made and made.id)
        except _FINAL as error:
            log.warning("no workflow was started for a failure", reason=str(error))
        except Exception:
            log.exception("a failure comes again", message_id=record["messageId"])
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}
