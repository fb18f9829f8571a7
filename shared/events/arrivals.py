"""What a rule brings: EventBridge's envelope around an event of ours or of a registered source.

Our own services may say who the tenant is; an outside source may not: its tenant is the one it was
registered for.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from shared.events.catalog.registry import (
    lookup,
)
from shared.events.catalog.versions import in_newest
from shared.events.envelope import Event, NotAnEventError, from_wire
from shared.platform.tables import Tables

OWN_PREFIX: Final = "millrace."
"""Only the relay may put events of such a source; the bus policy sees to it."""

TenantOf = Callable[[str], str | None]
"""The tenant of an outside source, or None if it is not registered."""


class RejectedEventError(ValueError):
    """An event that no retry makes acceptable, with what could be read of it."""

    def __init__(
        self,
        reason: str,
        tenant: str | None = None,
        event_id: str | None = None,
        event_type: str | None = None,
    ) -> None:
        super().__init__(reason)
        self.tenant = tenant
        """Known where the source was."""
        self.event_id = event_id
        """EventBridge's own: there is no better one."""
        self.event_type = event_type


def arrived(body: str, tenant_of: TenantOf) -> Event:
    """The event in a message, with its tenant; `shared.events.opening` brings data left elsewhere.

    Raises:
        RejectedEventError: unreadable, of an unregistered source, of an unknown type, or with data
            that its type does not allow.
    """
    try:
        message = json.loads(body)
        source, detail_type = str(message["source"]), str(message["detail-type"])
        event_id = str(message["id"])
        detail: Mapping[str, Any] = message["detail"]
    except (ValueError, KeyError, TypeError) as error:
        raise RejectedEventError(f"not an EventBridge event: {error!r}") from None
    tenant = None
    try:
        if source.startswith(OWN_PREFIX):
            return _own(detail)
        tenant = tenant_of(source)
        if tenant is None:
            raise NotAnEventError(f"source {source} is not registered; register it for a tenant")
        kind = lookup(detail_type)
        if kind.ours_alone:
            raise NotAnEventError(f"{kind.name} is Millrace's alone to say; {source} may not")
        data = kind.check(detail)
        return Event(
            kind.name, data, id=event_id, source=source, tenant=tenant, time=message["time"],
            version=kind.version, topics=kind.topics, correlation_id=event_id,
        )  # fmt: skip
    except (KeyError, ValueError) as error:
        raise RejectedEventError(str(error), tenant, event_id, detail_type) from None


def registered(tables: Tables, table: str) -> TenantOf:
    """Looks sources up in the table where they are registered."""

    def tenant_of(source: str) -> str | None:
        item = tables.get(table, {"pk": f"source#{source}", "sk": "source"})
        return str(item["tenant"]) if item else None

    return tenant_of


def _own(detail: Mapping[str, Any]) -> Event:
    event = from_wire(detail)
    if event.tenant is None:
        raise NotAnEventError(f"{event.event_type} {event.id} names no tenant")
    # Data that is kept elsewhere, or sealed, cannot be checked yet.
    return event if event.dataref or event.sealed else in_newest(event)
