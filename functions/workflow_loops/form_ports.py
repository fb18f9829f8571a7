"""What the choices of forms are found with: the API lists what a tenant has, and runs nothing."""

from __future__ import annotations

from collections.abc import Callable

from functions.workflow_loops.connection_ports import PortPlaces, tenant_ports
from functions.workflow_loops.settings import WorkflowSettings
from shared.nodes.config import Ports
from shared.nodes.ports import BUCKETS, CONNECTIONS, TEMPLATES
from shared.platform.dynamo import DynamoTables
from shared.platform.foreign_buckets import ForeignBuckets
from shared.platform.mail import Mail
from shared.platform.secrets import AwsSecrets

LISTED = (BUCKETS, CONNECTIONS, TEMPLATES)
"""The ports that loaders of choices ask."""


def form_ports(told: WorkflowSettings) -> Callable[[str], Ports]:
    """The ports for a tenant."""
    places = PortPlaces(
        tables=DynamoTables(), secrets=AwsSecrets(), opening=ForeignBuckets(), mail=_nobody,
        workflows=told.workflows_table, crm=told.crm_table, inbox=told.inbox_table,
        audit=told.audit_table, identity=told.identity_table, prefix=told.tenant_secrets,
        private=told.private_connections,
    )  # fmt: skip

    def ports(tenant: str) -> Ports:
        found = tenant_ports(places, tenant, "")
        return {name: found[name] for name in LISTED}

    return ports


def _nobody() -> Mail:
    raise LookupError("forms send no mail")
