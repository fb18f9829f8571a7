"""What sender and sweeper share: settings and services."""

from __future__ import annotations

from functools import lru_cache

from pydantic import Field

from shared.platform.dynamo import DynamoTables
from shared.platform.http import CheckedHttp, Egress
from shared.platform.log import logger
from shared.platform.queues import SqsQueues
from shared.platform.secrets import AwsSecrets
from shared.platform.settings import FunctionSettings
from shared.webhooks.deliveries import Deliveries
from shared.webhooks.health import Health
from shared.webhooks.sending import Sender

log = logger("webhooks")


class WebhookSettings(FunctionSettings):
    """Settings of what sends webhooks."""

    webhooks_table: str = Field(description="Table of webhook endpoints and their deliveries.")
    webhook_queue_url: str = Field(description="The queue of deliveries that are due.")
    crm_table: str = Field(description="Table of entities, their timelines and the outbox.")
    private_connections: bool = Field(
        False, description="Whether endpoints may be servers that are not on the internet."
    )


@lru_cache(maxsize=1)
def deliveries() -> Deliveries:
    """The deliveries of this process."""
    told = WebhookSettings()  # the environment gives them
    tables = DynamoTables()
    return Deliveries(tables, told.webhooks_table, SqsQueues(), told.webhook_queue_url)


@lru_cache(maxsize=1)
def sender() -> Sender:
    """The sender of this process."""
    told, at = WebhookSettings(), deliveries()
    http = CheckedHttp(Egress(private=told.private_connections))
    health = Health(at.tables, told.webhooks_table, told.crm_table)
    return Sender(at, AwsSecrets(), http, health)
