"""E-mail, sent once for a key: a lease in a table stands between us and a provider without keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

from shared.platform.clock import Clock, utc_now
from shared.platform.tables import Absent, FieldIs, Put, Tables, TransactionRefusedError

_LEASE_SECONDS: Final = 60
_KEPT_SECONDS: Final = 90 * 24 * 3600


class MailBusyError(Exception):
    """Another try to send this very message is under way; look again in a minute."""


@dataclass(frozen=True, slots=True)
class Message:
    """A plain-text e-mail."""

    to: str
    subject: str
    body: str


class Mail(Protocol):
    """The port to e-mail."""

    def send(self, tenant: str, key: str, message: Message) -> bool:
        """Sends once per tenant and key; False if it was sent before.

        Raises:
            MailBusyError: another try is under way.
        """


class SesMail:
    """The port `Mail` on SES.

    absent --lease--> sending until t --sent--> sent
                         |  t passed: the next try takes the lease over
    """

    def __init__(
        self,
        tables: Tables,
        table: str,
        sender: str,
        deliver: Callable[..., Any],
        clock: Clock = utc_now,
    ) -> None:
        """`deliver` is the client's `send_email`."""
        self._tables = tables
        self._table = table
        self._sender = sender
        self._deliver = deliver
        self._clock = clock

    def send(self, tenant: str, key: str, message: Message) -> bool:
        """See `Mail.send`."""
        pk = f"{tenant}#mail#{key}"
        lease = self._lease(pk)
        if lease is None:
            return False
        self._deliver(
            FromEmailAddress=self._sender,
            Destination={"ToAddresses": [message.to]},
            Content={
                "Simple": {
                    "Subject": {"Data": message.subject},
                    "Body": {"Text": {"Data": message.body}},
                }
            },
        )
        self._write(pk, "sent", 0, FieldIs("lease", lease))
        return True

    def _lease(self, pk: str) -> int | None:
        now = int(self._clock().timestamp())
        found = self._tables.get(self._table, {"pk": pk})
        if found and found["status"] == "sent":
            return None
        if found and found["lease"] > now:
            raise MailBusyError("this message is being sent; look again in a minute")
        until = now + _LEASE_SECONDS
        try:
            self._write(
                pk, "sending", until, FieldIs("lease", found["lease"]) if found else Absent()
            )
        except TransactionRefusedError:
            raise MailBusyError("this message is being sent; look again in a minute") from None
        return until

    def _write(self, pk: str, status: str, lease: int, when: FieldIs | Absent) -> None:
        expires = int(self._clock().timestamp()) + _KEPT_SECONDS
        item = {"pk": pk, "status": status, "lease": lease, "expires_at": expires}
        self._tables.transact([Put(self._table, item, when, label="lease")])
