"""The port to e-mail of one tenant, on the platform's."""

from __future__ import annotations

import asyncio
from typing import Protocol

from shared.platform.mail import Mail, Message


class OptOuts(Protocol):
    """Who wants no mail about what."""

    async def has(self, address: str, topic: str) -> bool:
        """Whether this address, in lower case, opted out of the topic."""


class TenantMail:
    """The port `Mailer`: asks who opted out before each mail, and sends once per key."""

    def __init__(self, mail: Mail, tenant: str, opt_outs: OptOuts) -> None:
        self._mail, self._tenant, self._opt_outs = mail, tenant, opt_outs

    async def send(self, to: str, subject: str, body: str, topic: str, key: str) -> bool:
        """See `Mailer.send`."""
        if await self._opt_outs.has(to.lower(), topic):
            return False
        message = Message(to, subject, body)
        await asyncio.to_thread(self._mail.send, self._tenant, key, message)
        return True
