"""Mails are told to whoever reads along: moto keeps what was sent where nobody can look."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from moto.sesv2.models import SESV2Backend

from local.seams.replacing import replace

OnMail = Callable[[list[str], str, str], None]
"""Is told recipients, subject and body."""

_send_email: Final = SESV2Backend.send_email


def install(on_mail: OnMail) -> None:
    """Tells `on_mail` of every mail that was accepted."""

    def send_email(
        self: Any, source: str, destinations: dict[str, list[str]], subject: str, body: str
    ) -> Any:
        sent = _send_email(self, source, destinations, subject, body)
        on_mail(destinations.get("ToAddresses", []), subject, body)
        return sent

    replace(SESV2Backend, send_email=send_email)
