"""Connections on memory, with whatever server they are used with."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from shared.connections.connection import Connection, ConnectionFields
from shared.connections.connections import Connections, Places
from shared.connections.oauth2.access import Access
from shared.connections.oauth2.authorizing import Authorizing
from shared.connections.sending import Sending, TenantConnections, Trying
from shared.identity.audit import Audit
from shared.identity.principal import Principal
from shared.platform.http import Http
from tests.fakes.ports import MovedClock
from tests.fakes.secrets import MemorySecrets
from tests.fakes.tables import MemoryTables

ADMIN = Principal("acme", "jo", "admin")
STRANGER = Principal("other", "olga", "admin")
FIELDS = TypeAdapter(ConnectionFields)


class NamedUses:
    """The port `Uses`, by id of the connection."""

    def __init__(self) -> None:
        self.names: dict[str, list[str]] = {}

    def of(self, tenant: str, connection_id: str) -> list[str]:
        return self.names.get(connection_id, [])


class ConnectionWorld:
    """Everything of connections, with tables and secrets to look into."""

    def __init__(self, http: Http, *, private: bool = False) -> None:
        self.tables, self.secrets, self.clock = MemoryTables(), MemorySecrets(), MovedClock()
        self.uses, self.http = NamedUses(), http
        self.at = Places(
            self.tables, self.secrets, "workflows", "inbox", private=private, clock=self.clock
        )
        audit = Audit(self.tables, "audit", self.clock)
        self.connections = Connections(self.at, audit, self.uses)
        self.pauses = 0
        self.sending = Sending(self.at, Access(self.at, http, self.pause))
        self.trying = Trying(self.at, self.connections, self.sending, http, audit)
        self.authorizing = Authorizing(self.at, http, audit)

    async def pause(self, seconds: float) -> None:
        import asyncio

        self.pauses += 1
        await asyncio.sleep(0.01)

    def add(self, settings: dict[str, Any], *hosts: str, **more: Any) -> Connection:
        return self.connections.create(ADMIN, fields(settings, *hosts, **more))

    def port(self, tenant: str = "acme") -> TenantConnections:
        return TenantConnections(tenant, self.connections, self.sending)

    def audited(self) -> list[tuple[str, str]]:
        entries = [item for item in self.tables.all("audit") if item["outcome"] == "done"]
        return [(one["action"], one["actor"]) for one in entries]


def fields(settings: dict[str, Any], *hosts: str, **more: Any) -> ConnectionFields:
    """What people say, as JSON says it."""
    said = {"name": "Their CRM", "hosts": hosts or ("api.example.com",), "settings": settings}
    return FIELDS.validate_python({**said, **more})
