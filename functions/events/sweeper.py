"""The sweeper: relays what the stream's relay missed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from functions.events.relaying import log, relay, settings, tables
from shared.events.outbox import pending
from shared.platform.clock import iso, utc_now

_GRACE = timedelta(seconds=20)
"""The relay's own time: younger events are on their way."""


def handler(event: dict[str, Any], context: object) -> dict[str, int]:
    """Relays every event that was pending for too long; `{"grace": 0}` sweeps younger ones too."""
    grace = timedelta(seconds=event["grace"]) if "grace" in event else _GRACE
    missed = pending(tables, settings().crm_table, iso(utc_now() - grace))
    receipt = relay(missed)
    if missed:
        log.warning("swept", relayed=len(receipt.published), failed=len(receipt.failed))
    return {"relayed": len(receipt.published), "failed": len(receipt.failed)}
