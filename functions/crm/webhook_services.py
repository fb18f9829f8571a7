"""What the routes of webhook endpoints call."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

from fastapi import Depends, Request

from functions.crm.dependencies import aws_services
from functions.crm.once import Once
from functions.crm.settings import settings
from shared.crm.idempotency import Idempotency
from shared.identity.audit import Audit
from shared.platform.clock import utc_now
from shared.platform.dynamo import DynamoTables
from shared.platform.queues import Queues
from shared.platform.secrets import AwsSecrets
from shared.webhooks.addresses import Addresses
from shared.webhooks.deliveries import Deliveries
from shared.webhooks.endpoints import Endpoints, Places
from shared.webhooks.recovery import Recoveries


@dataclass(frozen=True, slots=True)
class WebhookServices:
    """Webhook endpoints of tenants."""

    endpoints: Endpoints
    deliveries: Deliveries
    recoveries: Recoveries
    once: Once


def build(at: Places, audit: Audit, queues: Queues, addresses: Addresses) -> WebhookServices:
    """The services on given ports; tests give fakes."""
    told = settings()
    deliveries = Deliveries(at.tables, at.table, queues, told.webhook_queue_url, at.clock)
    once = Once(Idempotency(at.tables, told.inbox_table, at.clock))
    return WebhookServices(
        Endpoints(at, audit, addresses), deliveries, Recoveries(deliveries), once
    )


@lru_cache(maxsize=1)
def aws_webhooks() -> WebhookServices:
    """The services on AWS."""
    told, tables = settings(), DynamoTables()
    at = Places(tables, AwsSecrets(), told.webhooks_table, told.tenant_secrets, utc_now)
    audit = Audit(tables, told.audit_table)
    return build(at, audit, aws_services().queues, Addresses(told.private_connections))


async def webhook_services(request: Request) -> WebhookServices:
    """The services of this app."""
    given: WebhookServices | None = getattr(request.app.state, "webhooks", None)
    return given or aws_webhooks()


WebhooksDep = Annotated[WebhookServices, Depends(webhook_services)]
