"""A webhook, and how it knows who may call."""

from __future__ import annotations

import hashlib
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict

Auth = Literal["none", "key", "hmac"]
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
METHODS: Final[tuple[Method, ...]] = ("GET", "POST", "PUT", "PATCH", "DELETE")
PER_MINUTE: Final = 600


class Webhook(BaseModel):
    """One of them."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    tenant: str
    workflow_id: str
    node_id: str
    auth: Auth = "none"
    """`key`: the header X-Webhook-Key; `hmac`: a signature of the body."""
    secret: str = ""
    """The name of the secret that signs, or the hash of the key."""
    methods: tuple[Method, ...] = METHODS
    per_minute: int = PER_MINUTE
    created_at: str

    @property
    def hash(self) -> str:
        """Under which name its row lies."""
        return hash_of(self.id)


class UnknownWebhookError(Exception):
    """There is no such webhook; which of the reasons it is, is not told."""

    def __init__(self) -> None:
        super().__init__("there is no such webhook")


class WebhookRefusedError(Exception):
    """The caller did not show what the webhook asks for."""


class WebhookMethodError(Exception):
    """The webhook is called by other methods."""

    def __init__(self, methods: tuple[Method, ...]) -> None:
        super().__init__(f"use {', '.join(methods)}")
        self.methods = methods


class WebhookClosedError(Exception):
    """The webhook is there, and nothing runs behind it now: the call was not kept."""


def hash_of(webhook_id: str) -> str:
    """The name of a webhook's row: a leaked list of rows opens nothing."""
    return hashlib.sha256(webhook_id.encode()).hexdigest()


def stored(webhook: Webhook) -> dict[str, Any]:
    """A webhook as it is kept."""
    return {**webhook.model_dump(), "methods": list(webhook.methods)}


def by_id(webhook_id: str) -> dict[str, str]:
    """The key of the row that a call is judged by; it names the tenant."""
    return {"pk": f"webhook#{hash_of(webhook_id)}", "sk": "webhook"}
