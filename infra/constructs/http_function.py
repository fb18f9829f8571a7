"""A function behind the HTTP API: what all of them are told and may do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from constructs import Construct

from infra.constructs.data import Data
from infra.constructs.service_function import Deployment, ServiceFunction
from infra.constructs.tables import PUT

_TIMEOUT_SECONDS: Final = 29
"""API Gateway gives up after 30."""


class HttpFunction(ServiceFunction):
    """`HttpFunction(self, "CrmFunction", deployment, data, service="crm", …)`.

    It starts from a snapshot, counts what callers spend, and writes who was refused.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        deployment: Deployment,
        data: Data,
        *,
        service: str,
        handler: str,
        host: str,
        concurrency: int,
        environment: Mapping[str, str],
    ) -> None:
        config = deployment.config
        super().__init__(
            scope,
            name,
            deployment,
            service=service,
            handler=handler,
            timeout=_TIMEOUT_SECONDS,
            memory=1024,
            snapshot=True,
            concurrency=concurrency,
            environment={
                "INBOX_TABLE": data.inbox.table_name,
                "AUDIT_TABLE": data.audit.table_name,
                "TENANT_UNITS": str(config.tenant_units),
                "ADDRESS_UNITS": str(config.address_units),
                "ALLOWED_ORIGINS": ",".join(config.allowed_origins),
                "ALLOWED_HOSTS": host,
                "MAX_BODY_BYTES": str(config.max_body_bytes),
                **environment,
            },
        )
        self.allow(["dynamodb:UpdateItem"], [data.inbox.table_arn])
        self.allow(PUT, [data.audit.table_arn])
