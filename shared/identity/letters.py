"""The mails that identity sends: what they say, and to whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from shared.identity.secret_tokens import SecretToken
from shared.platform.mail import Mail, Message

_NOBODY: Final = "-"
"""Stands for the tenant where somebody has none yet, or none that matters."""


class Letters:
    """Writes and sends them; a page at `app_url` takes the token from its address."""

    def __init__(self, mail: Callable[[], Mail], app_url: str = "") -> None:
        self._mail = mail
        self._app_url = app_url.rstrip("/")

    def reset(self, user_id: str, email: str, token: SecretToken) -> None:
        """How to set a new password."""
        body = (
            "Somebody asked to set a new password for this address.\n\n"
            f"{self._way('reset-password', token)}\n\n"
            "It is good for one hour and for one use. If it was not you, do nothing: your "
            "password stays as it is.\n"
        )
        self._mail().send(
            _NOBODY, f"reset/{user_id}/{token.id}", Message(email, "Your new password", body)
        )

    def invitation(
        self, tenant: str, tenant_name: str, email: str, role: str, token: SecretToken
    ) -> None:
        """How to join a tenant."""
        body = (
            f"You are invited to join {tenant_name} as {role}.\n\n"
            f"{self._way('accept-invitation', token)}\n\n"
            "It is good for seven days and for one use.\n"
        )
        subject = f"Join {tenant_name}"
        self._mail().send(tenant, f"invitation/{token.id}", Message(email, subject, body))

    def _way(self, page: str, token: SecretToken) -> str:
        if not self._app_url:
            return f"Token: {token}"
        # Behind a #, so that it is sent to no server and stands in no log.
        return f"{self._app_url}/{page}#token={token}"
