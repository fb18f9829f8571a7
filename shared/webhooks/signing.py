"""The headers of a delivery: Standard Webhooks 1.0.0, symmetric."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from standardwebhooks.webhooks import Webhook


def signed(keys: Sequence[str], message_id: str, body: str, now: datetime) -> dict[str, str]:
    """One signature for each key: while a secret is replaced, receivers know either."""
    signatures = [Webhook(key).sign(message_id, now, body) for key in keys]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
