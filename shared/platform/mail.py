"""E-mail, sent once for a key: a lease in a table stands between us and a provider without keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

from shared.platform.clock import Clock, utc_now
from shared.platform.ids import new_id
from shared.platform.sent_mails import REFERENCE, TENANT, SentMail, sent_row
from shared.platform.suppressions import Suppression
from shared.platform.tables import Absent, FieldIs, Item, Put, Tables, TransactionRefusedError

_LEASE_SECONDS: Final = 60
_KEPT_SECONDS: Final = 90 * 24 * 3600


class MailBusyError(Exception):
    """Another try to send this very message is under way; look again in a minute."""


class MailSuppressedError(Exception):
    """The address takes no more mail of this tenant; nothing was sent."""

    def __init__(self, found: Suppression) -> None:
        super().__init__(
            f"no mail goes to {found.address} since {found.since[:10]} ({found.reason}); mend the "
            "address, or lift the suppression once its owner wants mail again"
        )
        self.suppression = found


Suppressed = Callable[[str, str], Suppression | None]
"""Why an address takes no mail of a tenant, or None."""


def _nobody(tenant: str, address: str) -> Suppression | None:
    return None


@dataclass(frozen=True, slots=True)
class Message:
    """A plain-text e-mail."""

    to: str
    subject: str
    body: str
    about: str | None = None
    """The entity that it is about, as `lead#ID`: should it come back, that one hears of it."""


class Mail(Protocol):
    """The port to e-mail."""

    def send(self, tenant: str, key: str, message: Message) -> bool:
        """Sends once per tenant and key; False if it was sent before.

        Raises:
            MailBusyError: another try is under way.
            MailSuppressedError: the address takes no more mail of this tenant.
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
        suppressed: Suppressed = _nobody,
    ) -> None:
        """`deliver` is the client's `send_email`.

        Who must reach people whatever came back before, such as a letter that resets a password,
        leaves `suppressed` out.
        """
        self._tables = tables
        self._table = table
        self._sender = sender
        self._deliver = deliver
        self._clock = clock
        self._suppressed = suppressed

    def send(self, tenant: str, key: str, message: Message) -> bool:
        """See `Mail.send`."""
        pk = f"{tenant}#mail#{key}"
        before = self._tables.get(self._table, {"pk": pk})
        if before and before["status"] == "sent":
            return False
        if (why := self._suppressed(tenant, message.to)) is not None:
            raise MailSuppressedError(why)
        sent = SentMail(tenant, new_id(), message.to.lower(), message.about)
        lease = self._lease(pk, before, sent)
        self._deliver(
            FromEmailAddress=self._sender,
            Destination={"ToAddresses": [message.to]},
            Content={
                "Simple": {
                    "Subject": {"Data": message.subject},
                    "Body": {"Text": {"Data": message.body}},
                }
            },
            EmailTags=[
                {"Name": TENANT, "Value": tenant},
                {"Name": REFERENCE, "Value": sent.reference},
            ],
        )
        self._tables.transact([self._row(pk, "sent", 0, FieldIs("lease", lease))])
        return True

    def _lease(self, pk: str, before: Item | None, sent: SentMail) -> int:
        """Takes the lease, and registers what is sent: it may come back before we hear more."""
        now = int(self._clock().timestamp())
        if before and before["lease"] > now:
            raise MailBusyError("this message is being sent; look again in a minute")
        until = now + _LEASE_SECONDS
        when = FieldIs("lease", before["lease"]) if before else Absent()
        registered = sent_row(self._table, sent, now + _KEPT_SECONDS)
        try:
            self._tables.transact([self._row(pk, "sending", until, when), registered])
        except TransactionRefusedError:
            raise MailBusyError("this message is being sent; look again in a minute") from None
        return until

    def _row(self, pk: str, status: str, lease: int, when: FieldIs | Absent) -> Put:
        expires = int(self._clock().timestamp()) + _KEPT_SECONDS
        item = {"pk": pk, "status": status, "lease": lease, "expires_at": expires}
        return Put(self._table, item, when, label="lease")
