"""The sweeper of webhooks: sends what is due and has no message."""

from __future__ import annotations

from typing import Any

from functions.webhooks.wiring import deliveries, log
from shared.webhooks.sweeping import Sweeper


def handler(event: dict[str, Any], context: object) -> dict[str, int]:
    """Sweeps; the rest of a long list the next call takes."""
    sent = Sweeper(deliveries()).sweep()
    if sent:
        log.info("swept", sent=sent)
    return {"sent": sent}
