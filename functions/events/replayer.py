"""The replayer: takes the steps of replays from their queue."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import Field

from shared.consumers.declaration import load_declarations
from shared.consumers.replaying import Replayer
from shared.consumers.replays import Replays
from shared.events.log import EventLog
from shared.platform.dynamo import DynamoTables
from shared.platform.log import logger
from shared.platform.queues import SqsQueues
from shared.platform.settings import FunctionSettings

log = logger("replayer")


class ReplayerSettings(FunctionSettings):
    """Settings of the replayer."""

    event_log_table: str = Field(description="Table of every event, for lists and replays.")
    queue_url: str = Field(description="The queue whose messages it takes.")
    consumer_queues: dict[str, str] = Field(description="JSON: the queue of each durable consumer.")


@lru_cache(maxsize=1)
def replayer() -> Replayer:
    """The replayer of this process."""
    told, tables = ReplayerSettings(), DynamoTables()  # the environment gives them
    consumers = {
        said.name: (said, told.consumer_queues[said.name])
        for said in load_declarations(Path(__file__).parents[2])
        if said.name in told.consumer_queues
    }
    # A replay asks by time and type; the timelines of entities are not its concern.
    event_log = EventLog(tables, told.event_log_table, crm_table="")
    replays = Replays(tables, told.event_log_table)
    return Replayer(replays, event_log, SqsQueues(), told.queue_url, consumers)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Takes a step; one that fails comes again, from where the replay stands."""
    failures = []
    for record in event["Records"]:
        try:
            after = replayer().step(record["body"])
        except Exception:
            log.exception("a step failed")
            failures.append({"itemIdentifier": record["messageId"]})
            continue
        if after is not None:
            log.info("step", replay=after.id, status=after.status, sent=after.sent)
    return {"batchItemFailures": failures}
