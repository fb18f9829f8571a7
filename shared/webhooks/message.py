"""What an endpoint is sent: one body for every endpoint and every try, thin, and signed."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from shared.events.envelope import Event
from shared.platform.clock import iso
from shared.platform.tables import Item, Put
from shared.webhooks import rows

MOST_BYTES: Final = 20_000
"""Of a body, as Standard Webhooks recommends; what is larger is named and can be fetched."""


def body(event: Event, *, test: bool = False) -> str:
    """The body that tells of an event."""
    said: dict[str, Any] = {
        "type": event.event_type,
        "timestamp": iso(event.time),
        "id": event.id,
        "version": event.version,
        "subject": str(event.entity) if event.entity else None,
        "sequence": event.sequence,
        "correlation_id": event.correlation_id,
        "data": dict(event.data) if event.dataref is None else None,
        "fetch": where(event) if event.dataref else None,
        "test": test or None,
    }
    text = _text(said)
    if len(text.encode()) > MOST_BYTES:
        text = _text({**said, "data": None, "fetch": where(event)})
    return text


def where(event: Event) -> str:
    """The path of the API at which the event stands alone."""
    until = iso(event.time + timedelta(microseconds=1))
    asked = {"type": event.event_type, "since": iso(event.time), "until": until}
    return f"/events/?{urlencode(asked)}"


def write(table: str, tenant: str, event: Event, now: datetime, *, test: bool = False) -> Put:
    """The write that keeps the body."""
    item: Item = {
        "pk": rows.message(tenant, event.id),
        "sk": rows.MESSAGE,
        "type": event.event_type,
        "body": body(event, test=test),
        "expires_at": int((now + rows.KEPT).timestamp()),
    }
    return Put(table, item, label="message")


def _text(said: dict[str, Any]) -> str:
    known = {name: value for name, value in said.items() if value is not None}
    return json.dumps(known, ensure_ascii=False, separators=(",", ":"))
