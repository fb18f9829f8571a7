"""The starter: takes events from a pipeline's queue and runs the pipeline's state machine."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pydantic import Field

from shared.events.arrivals import registered
from shared.events.figures import Figures, Flow
from shared.events.opening_here import opener_here
from shared.events.quarantine import Quarantine
from shared.pipelines.deliveries import Delivery, Receiver
from shared.pipelines.start import Places, Starter
from shared.platform.dynamo import DynamoTables
from shared.platform.log import logger
from shared.platform.machines import StepFunctionsMachines
from shared.platform.queues import SqsQueues
from shared.platform.settings import FunctionSettings

log = logger("starter")


class StarterSettings(FunctionSettings):
    """Settings of a pipeline's starter."""

    pipeline: str = Field(description="The pipeline it starts; also its name as a consumer.")
    state_machine_arn: str = Field(description="The pipeline's state machine.")
    queue_url: str = Field(description="The queue whose messages it takes.")
    max_attempts: int = Field(5, ge=1, description="Deliveries before an event is quarantined.")
    crm_table: str = Field(description="Table of entities, their timelines and the outbox.")
    inbox_table: str = Field(description="Table of inbox keys.")
    executions_table: str = Field(description="Table of pipeline runs.")
    quarantine_table: str = Field(description="Table of quarantined events.")
    identity_table: str = Field(description="Table of members, keys and registrations.")
    figures_table: str = Field(description="Table of what became of tenants' events.")


@lru_cache(maxsize=1)
def receiver() -> Receiver:
    """The receiver of this process."""
    told = StarterSettings()  # the environment gives them
    tables = DynamoTables()
    places = Places(
        told.pipeline,
        told.state_machine_arn,
        told.crm_table,
        told.inbox_table,
        told.executions_table,
    )
    return Receiver(
        pipeline=told.pipeline,
        queue_url=told.queue_url,
        max_attempts=told.max_attempts,
        starter=Starter(tables, StepFunctionsMachines(), places),
        tenant_of=registered(tables, told.identity_table),
        quarantine=Quarantine(tables, told.quarantine_table),
        queues=SqsQueues(),
        opener=opener_here(tables),
        flow=Flow(told.pipeline, Figures(tables, told.figures_table)),
    )


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Handles a batch of the queue; messages that shall come again are reported as failures."""
    failures = []
    for record in event["Records"]:
        delivery = Delivery(
            body=record["body"],
            receipt=record["receiptHandle"],
            attempt=int(record["attributes"]["ApproximateReceiveCount"]),
            message_id=record["messageId"],
        )
        outcome = receiver().receive(delivery)
        log.info(
            "delivery", outcome=outcome, message_id=delivery.message_id, attempt=delivery.attempt
        )
        if outcome == "again":
            failures.append({"itemIdentifier": delivery.message_id})
    if flow := receiver().flow:
        flow.add()
    return {"batchItemFailures": failures}
