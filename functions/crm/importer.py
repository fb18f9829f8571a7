"""The importer: an uploaded CSV becomes leads by the CRM's rules, hence from the CRM's asset."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from pydantic import Field

from shared.crm.imports.importing import Importer
from shared.crm.imports.receiving import ImportReceiver, Message
from shared.crm.imports.upload import registered_folders
from shared.crm.leads import Leads
from shared.events.quarantine import Quarantine
from shared.platform.dynamo import DynamoTables
from shared.platform.log import logger
from shared.platform.objects import S3Objects
from shared.platform.queues import SqsQueues
from shared.platform.settings import FunctionSettings

log = logger("importer")
_RESERVE_MS: Final = 20_000
"""What is left for the report when rows are broken off."""


class ImporterSettings(FunctionSettings):
    """Settings of the importer."""

    crm_table: str = Field(description="Table of leads, their timelines and the outbox.")
    inbox_table: str = Field(description="Table of inbox and idempotency keys.")
    identity_table: str = Field(description="Table of members, keys and registrations.")
    quarantine_table: str = Field(description="Table of quarantined events.")
    queue_url: str = Field(description="The queue whose messages it takes.")


@lru_cache(maxsize=1)
def receiver() -> ImportReceiver:
    """The receiver of this process."""
    told, tables = ImporterSettings(), DynamoTables()
    leads = Leads(tables, told.crm_table, told.inbox_table)
    importer = Importer(leads, tables, told.crm_table, S3Objects())
    folders = registered_folders(tables, told.identity_table)
    quarantine = Quarantine(tables, told.quarantine_table)
    return ImportReceiver(importer, folders, quarantine, SqsQueues(), told.queue_url)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Imports what a batch tells of; messages that shall come again are reported as failures."""
    failures = []
    for record in event["Records"]:
        attempt = int(record["attributes"]["ApproximateReceiveCount"])
        message = Message(record["messageId"], record["body"], record["receiptHandle"], attempt)
        outcome, why = receiver().receive(
            message, lambda: context.get_remaining_time_in_millis() < _RESERVE_MS
        )
        log.info("upload", outcome=outcome, why=why, message_id=message.id, attempt=attempt)
        if outcome == "again":
            failures.append({"itemIdentifier": message.id})
    return {"batchItemFailures": failures}
