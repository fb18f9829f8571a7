"""What happens to webhook endpoints."""

from __future__ import annotations

from typing import Final

from shared.events.catalog.registry import EventData, event_type

SOURCE: Final = "millrace.webhooks"


@event_type(
    "webhook_endpoint.disabled",
    source=SOURCE,
    topics=("webhooks",),
    sample={
        "endpoint_id": "01935f3e-7c1a-7b4e-9d2f-3a5b6c7d8e9f",
        "url": "https://example.com/hooks",
        "reason": "nothing was delivered for 5 days",
    },
    ours_alone=True,
)
class WebhookEndpointDisabled(EventData):
    """An endpoint gets nothing any more, because it is gone or takes nothing."""

    endpoint_id: str
    url: str
    reason: str
