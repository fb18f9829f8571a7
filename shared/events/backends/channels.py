"""Where listeners outside the process find events: one channel per tenant and topic."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from shared.events.envelope import Event

NO_TENANT: Final = "-"


def channel(event: Event, topic: str) -> str:
    """`tenant:topic`; a tenant cannot be written so that it reads as another's topic."""
    tenant = quote(event.tenant, safe="") if event.tenant else NO_TENANT
    return f"{tenant}:{topic}"
