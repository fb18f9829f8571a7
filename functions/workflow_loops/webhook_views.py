"""What is asked and answered about webhooks."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from functions.workflow_loops.catalogue_views import Asked
from functions.workflow_loops.orchestrator_views import Text
from shared.workflows.webhooks.webhook import METHODS, PER_MINUTE, Auth, Method, Webhook


class WebhookView(BaseModel):
    """A webhook as its owners see it; whoever has its address can call it."""

    node_id: str
    webhook_id: str
    url: str
    test_url: str
    auth: Auth
    methods: tuple[Method, ...]
    per_minute: int
    secret: str | None = None
    """The key or signing secret, shown once: when it is made."""

    @classmethod
    def of(cls, webhook: Webhook, base: str, secret: str | None = None) -> WebhookView:
        """The view of a webhook."""
        url = f"{base.rstrip('/')}/webhooks/{webhook.id}/"
        return cls(
            node_id=webhook.node_id, webhook_id=webhook.id, url=url, test_url=f"{url}test/",
            auth=webhook.auth, methods=webhook.methods, per_minute=webhook.per_minute,
            secret=secret,
        )  # fmt: skip


class WebhooksView(BaseModel):
    """The webhooks of a workflow's draft."""

    webhooks: list[WebhookView]


class Protection(Asked):
    """Who may call; a key or secret is made anew each time."""

    auth: Auth = "none"
    methods: Annotated[tuple[Method, ...], Field(min_length=1, max_length=5)] = METHODS
    per_minute: Annotated[int, Field(ge=1, le=60_000)] = PER_MINUTE


class Listening(Asked):
    """For which node's test call is waited; nothing is the only one."""

    node_id: Text | None = None


class TestCallsView(BaseModel):
    """What is awaited, and what came."""

    __test__ = False

    calls: list[dict[str, Any]]


class AcceptedView(BaseModel):
    """A call was kept, and a run of it stands."""

    status: str = "accepted"
    webhook_id: str
    execution_id: str | None = None
    subscribers: int = 1
    message: str = "Webhook data published"
