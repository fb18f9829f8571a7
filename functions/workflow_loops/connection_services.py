"""What the routes of connections call."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

from fastapi import Depends, Request

from functions.workflow_loops.connection_uses import WorkflowUses
from functions.workflow_loops.services import Services, aws_services
from functions.workflow_loops.settings import settings
from shared.connections.connections import Connections, Places
from shared.connections.oauth2.access import Access
from shared.connections.oauth2.authorizing import Authorizing
from shared.connections.sending import Sending, Trying
from shared.identity.audit import Audit
from shared.platform.dynamo import DynamoTables
from shared.platform.http import CheckedHttp, Egress, Http
from shared.platform.secrets import AwsSecrets


@dataclass(frozen=True, slots=True)
class ConnectionServices:
    """Connections of tenants."""

    connections: Connections
    trying: Trying
    authorizing: Authorizing


def build(at: Places, audit: Audit, workflows: Services, http: Http) -> ConnectionServices:
    """The services on given ports; tests give fakes."""
    uses = WorkflowUses(workflows.workflows, workflows.publishing)
    connections = Connections(at, audit, uses)
    sending = Sending(at, Access(at, http))
    trying = Trying(at, connections, sending, http, audit)
    return ConnectionServices(connections, trying, Authorizing(at, http, audit))


@lru_cache(maxsize=1)
def aws_connections() -> ConnectionServices:
    """The services on AWS."""
    told, tables = settings(), DynamoTables()
    private = told.private_connections
    kept = (told.workflows_table, told.inbox_table, told.tenant_secrets)
    at = Places(tables, AwsSecrets(), *kept, private=private)
    http = CheckedHttp(Egress(private=private))
    return build(at, Audit(tables, told.audit_table), aws_services(), http)


async def connection_services(request: Request) -> ConnectionServices:
    """The services of this app."""
    given: ConnectionServices | None = getattr(request.app.state, "connections", None)
    return given or aws_connections()


ConnectionServicesDep = Annotated[ConnectionServices, Depends(connection_services)]
