"""Starts the workflows that events start, one per message of the consumer `user_triggers`."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, Final

from pydantic import Field

from functions.workflow_loops.executing import aws_executing
from functions.workflow_loops.triggered_starts import Queue, TriggeredStarts
from shared.events.opening_here import opener_here
from shared.events.quarantine import Quarantine
from shared.platform.dynamo import DynamoTables
from shared.platform.log import logger
from shared.platform.queues import SqsQueues
from shared.platform.settings import FunctionSettings

log: Final = logger("trigger_starter")


class TriggerSettings(FunctionSettings):
    """Settings of the starter of triggered runs, beside those of the API of workflows."""

    queue_url: str = Field(description="The queue whose messages it takes.")
    max_attempts: int = Field(5, ge=1, description="Deliveries before a start is quarantined.")
    quarantine_table: str = Field(description="Table of quarantined events.")


@lru_cache(maxsize=1)
def _starts() -> TriggeredStarts:
    told = TriggerSettings()  # the environment gives them
    quarantine = Quarantine(DynamoTables(), told.quarantine_table)
    queue = Queue(SqsQueues(), told.queue_url, told.max_attempts)
    return TriggeredStarts(aws_executing().triggered, quarantine, queue, opener_here())


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Takes messages; what cannot be started now comes again."""
    return consume(event, _starts())


def consume(event: dict[str, Any], starts: TriggeredStarts) -> dict[str, Any]:
    """What the handler does, on given services."""
    again = []
    for record in event["Records"]:
        outcome, why = starts.take(record)
        wanted = json.loads(record["body"])
        log.info("start", outcome=outcome, why=why, workflow_id=wanted["workflow"])
        if outcome == "again":
            again.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": again}
