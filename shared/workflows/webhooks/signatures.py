"""Whether a call comes from whom it should: a key, or a signature of the body.

Two kinds of signatures are read: those of Standard Webhooks (`webhook-id`, `webhook-timestamp`,
`webhook-signature`), which end after five minutes, and `X-Hub-Signature-256`, which never do.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets as randomness
from collections.abc import Mapping
from typing import Final

from shared.workflows.webhooks.webhook import Webhook, WebhookRefusedError

TOLERANCE: Final = 300
"""Seconds that a timestamp may be away from now."""
PREFIX: Final = "whsec_"
KEY_HEADER: Final = "x-webhook-key"
Headers = Mapping[str, str]
"""By name in lower case."""


def new_signing_secret() -> str:
    """A secret as Standard Webhooks write it."""
    return PREFIX + base64.b64encode(randomness.token_bytes(32)).decode()


def check(webhook: Webhook, secret: str | None, headers: Headers, body: bytes, now: float) -> None:
    """Looks at who calls; `secret` is what signs, if the webhook wants signatures.

    Raises:
        WebhookRefusedError: they did not show what it asks for.
    """
    if webhook.auth == "key":
        given = hashlib.sha256(headers.get(KEY_HEADER, "").encode()).hexdigest()
        if not hmac.compare_digest(given, webhook.secret):
            raise WebhookRefusedError("send the webhook's key in the header X-Webhook-Key")
    if webhook.auth == "hmac" and not (secret and _signed(secret, headers, body, now)):
        raise WebhookRefusedError(
            "sign the body with the webhook's secret: webhook-signature of Standard Webhooks, "
            "not older than five minutes, or X-Hub-Signature-256"
        )


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The value of `webhook-signature`."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return f"v1,{base64.b64encode(_hmac(_key(secret), signed)).decode()}"


def _signed(secret: str, headers: Headers, body: bytes, now: float) -> bool:
    hub = headers.get("x-hub-signature-256")
    if hub is not None and "webhook-signature" not in headers:
        wanted = f"sha256={_hmac(secret.encode(), body).hex()}"
        return hmac.compare_digest(hub.encode(), wanted.encode())
    stamp = headers.get("webhook-timestamp", "")
    if not headers.get("webhook-id"):  # by which the call is known when it comes again
        return False
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) < 15):
        return False
    if abs(now - int(stamp)) > TOLERANCE:
        return False
    wanted = sign(secret, headers.get("webhook-id", ""), int(stamp), body)
    given = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(one.encode(), wanted.encode()) for one in given)


def _key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(PREFIX))


def _hmac(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()
