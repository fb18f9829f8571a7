"""A mail becomes a lead; another one of the same sender becomes a line in that lead's timeline.

notice ─> recipients ─> registered key ─> tenant ─> rate ─> MIME ─┬─> a lead, its sender noted
                                                                  └─> an event of the known lead
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from shared.crm.errors import AlreadyAnsweredError, IdempotencyKeyReusedError, LeadNotFoundError
from shared.crm.idempotency import Attempt
from shared.crm.lead import NewLead
from shared.crm.leads import Caller, Leads
from shared.identity.errors import NotFoundError
from shared.identity.principal import Principal
from shared.identity.public_keys import PublicKey, PublicKeys, addressed_key
from shared.identity.rate_limits import RateLimits
from shared.identity.rights import Right
from shared.outside.deliveries import LaterError, RefusedError
from shared.outside.mime import MOST_BYTES, Mail, UnreadableMailError, read
from shared.outside.receipts import Receipt, receipt
from shared.platform.tables import Absent, FieldIs, Put, Tables, TransactionRefusedError

SOURCE: Final = "Email Campaign"
"""The lead source of the seeds that means e-mail."""
_KEPT: Final = timedelta(days=90)
"""For how long a Message-ID is known: longer than any mail server tries, and any dead letter."""
_ONLY: Final = frozenset({Right.LEADS_ADD})
_SENDER: Final = "sender"

Beginning = Callable[[str, str, int], bytes]
"""The first bytes of an object: bucket, key, how many."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """Takes notices of SES."""

    leads: Leads
    tables: Tables
    table: str
    """Of entities, and of who wrote before."""
    keys: PublicKeys
    rates: RateLimits
    beginning: Beginning
    domain: str
    """Where mail for leads is received."""
    own: frozenset[str] = frozenset()
    """Addresses that we send from: what comes from there is a loop."""

    def handle(self, body: str) -> str:
        """See `shared.outside.deliveries.Handle`."""
        told = receipt(body)
        keys = self._keys(told)
        if not keys:
            raise RefusedError("none of its recipients is registered; make a public key for mail")
        if told.refused:
            return f"ignored: {told.refused}"
        if told.returned:
            return "ignored: its envelope names no sender"
        try:
            mail = read(self.beginning(told.bucket, told.key, MOST_BYTES))
        except UnreadableMailError as error:
            raise RefusedError(f"{told.id} cannot become a lead: {error}", keys[0].tenant) from None
        if why := self._loop(mail):
            return f"ignored: {why}"
        return "; ".join(self._take(told, key, mail) for key in keys)

    def _keys(self, told: Receipt) -> Sequence[PublicKey]:
        """One for each tenant that was written to."""
        found: dict[str, PublicKey] = {}
        for address in told.recipients:
            named = addressed_key(address, self.domain)
            if named is None:
                continue
            try:
                key = self.keys.find(named, "mail", None)
            except NotFoundError:
                continue
            found.setdefault(key.tenant, key)
        return list(found.values())

    def _loop(self, mail: Mail) -> str | None:
        if mail.sender in self.own or mail.sender.endswith(f"@{self.domain}"):
            return "we sent it ourselves"
        return mail.automatic

    def _take(self, told: Receipt, key: PublicKey, mail: Mail) -> str:
        standing = self.rates.spend(f"{key.tenant}#{key.key}", 1, key.per_minute)
        if not standing.allowed:
            raise LaterError(f"{key.name} takes {key.per_minute} a minute", standing.resets_in + 1)
        caller = _caller(told, key, mail)
        try:
            known = self._known(key.tenant, mail.sender)
            if known is not None:
                try:
                    return self._noted(caller, known, mail)
                except LeadNotFoundError:
                    pass  # it was deleted; whoever writes again is a new one
            return self._created(caller, mail, known)
        except (AlreadyAnsweredError, IdempotencyKeyReusedError):
            return "known before"

    def _known(self, tenant: str, sender: str) -> str | None:
        item = self.tables.get(self.table, _written_by(tenant, sender))
        return str(item["lead_id"]) if item else None

    def _noted(self, caller: Caller, lead_id: str, mail: Mail) -> str:
        said = {
            "lead_id": lead_id,
            "sender": mail.sender,
            "subject": mail.subject,
            "text": _notes(mail),
            "message_id": mail.message_id or caller.request_id,
        }
        self.leads.note(caller, lead_id, "lead.mail_received", said)
        return f"noted on lead {lead_id}"

    def _created(self, caller: Caller, mail: Mail, before: str | None) -> str:
        tenant = caller.principal.tenant
        new = NewLead(
            name=mail.name, email=mail.sender, source=SOURCE,
            notes=f"{mail.subject}\n\n{_notes(mail)}".strip(),
        )  # fmt: skip
        when = FieldIs("lead_id", before) if before else Absent()

        def sender(lead_id: str) -> list[Put]:
            item = {**_written_by(tenant, mail.sender), "lead_id": lead_id}
            return [Put(self.table, item, when, label=_SENDER)]

        try:
            return f"lead {self.leads.create(caller, new, sender).id}"
        except TransactionRefusedError as refused:
            if _SENDER not in refused.labels:
                raise
            raise LaterError("another mail of this sender comes in just now", 1) from None


def _caller(told: Receipt, key: PublicKey, mail: Mail) -> Caller:
    # The sender is part of it: nobody hides another's mail by naming its Message-ID first.
    named = f"{mail.sender}\n{mail.message_id or told.id}"
    attempt = Attempt(f"mail:{key.key}", named, named, _KEPT)
    who = Principal(key.tenant, key.key, "sales_rep", "key", _ONLY)
    return Caller(who, told.id, attempt=attempt)


def _written_by(tenant: str, sender: str) -> dict[str, str]:
    return {"pk": f"{tenant}#mail_senders", "sk": sender}


def _notes(mail: Mail) -> str:
    attached = f"\n\nAttached: {', '.join(mail.attachments)}" if mail.attachments else ""
    return f"{mail.text[:7_000]}{attached}"
