"""Mail that came back: its address takes no more of that tenant, and who cares hears of it.

permanent, or a complaint ──────────────────────┐
for a while ── counted ── the third in a week ──┴─> suppression + contact.bounced, together
                                                    └─> lead.mail_returned, if about a lead
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from shared.crm.errors import AlreadyAnsweredError, LeadNotFoundError
from shared.crm.idempotency import Attempt
from shared.crm.leads import Caller, Leads
from shared.events.envelope import EntityRef, Event
from shared.events.outbox import Change, commit
from shared.identity.principal import Principal
from shared.identity.rights import Right
from shared.outside.deliveries import LaterError, RefusedError
from shared.outside.feedback import Feedback, feedback
from shared.platform.clock import Clock, iso, utc_now
from shared.platform.ids import new_id
from shared.platform.sent_mails import SentMail, sent_mail
from shared.platform.suppressions import Reason, Suppression, suppression, suppression_item
from shared.platform.tables import Absent, FieldIs, Put, Tables, TransactionRefusedError

SOFT_BOUNCES: Final = 3
"""So many within a week are one for good."""
_WINDOW: Final = timedelta(days=7)
_KEPT: Final = timedelta(days=30)
"""For how long a notice is known."""
_ACTOR: Final = "ses"
_TAKEN: Final = "taken"
_ONLY: Final = frozenset({Right.LEADS_ADD})


@dataclass(frozen=True, slots=True)
class Returned:
    """Takes notices of SES."""

    tables: Tables
    crm: str
    """Table of suppressions and the outbox."""
    inbox: str
    """Table of what was sent, and of what is known."""
    leads: Leads
    clock: Clock = utc_now

    def handle(self, body: str) -> str:
        """See `shared.outside.deliveries.Handle`."""
        told = feedback(body)
        if told.kind is None:
            return "ignored: nothing to act on"
        sent = sent_mail(self.tables, self.inbox, told.tenant, told.reference)
        if sent is None:
            raise RefusedError(f"no mail is registered under {told.reference:.60}; nobody sent it")
        if sent.address not in told.addresses:
            raise RefusedError("the registered mail went to another address", sent.tenant)
        reason = self._reason(told, sent)
        if reason is None:
            return "counted: it came back for a while"
        return self._suppress(told, sent, reason)

    def _reason(self, told: Feedback, sent: SentMail) -> Reason | None:
        """Why the address takes no more, or None: what comes back for a while is counted, once."""
        if told.kind != "soft":
            return told.kind
        return "bounced too often" if self._count(told, sent) >= SOFT_BOUNCES else None

    def _count(self, told: Feedback, sent: SentMail) -> int:
        """How often it came back within the window, this time too; each notice counts once."""
        now = int(self.clock().timestamp())
        key = {"pk": f"{sent.tenant}#soft_bounces#{sent.address}"}
        row = self.tables.get(self.inbox, key)
        before = row if row and row["until"] > now else None
        notice = f"{told.id}#{sent.reference}"
        if before and notice in before["notices"]:
            return len(before["notices"])
        until = before["until"] if before else now + int(_WINDOW.total_seconds())
        notices = [*(before["notices"] if before else []), notice][-SOFT_BOUNCES:]
        item = {**key, "notices": notices, "until": until, "expires_at": until, "at": new_id()}
        when = FieldIs("at", row["at"]) if row else Absent()
        try:
            self.tables.transact([Put(self.inbox, item, when, label=_TAKEN)])
        except TransactionRefusedError:
            raise LaterError("another notice about this address comes in just now", 1) from None
        return len(notices)

    def _suppress(self, told: Feedback, sent: SentMail, reason: Reason) -> str:
        found = Suppression(sent.address, reason, iso(self.clock()), told.detail)
        data = {"email": sent.address, "reason": reason}
        if told.detail:
            data["detail"] = told.detail
        event = Event(
            "contact.bounced", data, {"actor": _ACTOR}, time=self.clock(), causation_id=told.id
        )
        row = suppression_item(sent.tenant, found)
        new = Put(self.crm, row, Absent(), label=_TAKEN)
        # It is the only event of its timeline: contacts that have this address are not ours yet.
        change = Change(sent.tenant, EntityRef("bounce", new_id()), 0, None, (event,))
        if suppression(self.tables, self.crm, sent.tenant, sent.address) is None:
            try:
                commit(self.tables, self.crm, change, [new])
            except TransactionRefusedError as refused:
                if _TAKEN not in refused.labels:
                    raise
        self._note(told, sent, reason)
        return f"suppressed: {reason}"

    def _note(self, told: Feedback, sent: SentMail, reason: Reason) -> None:
        """The lead that the mail was about has it in its timeline, once."""
        kind, _, lead_id = (sent.about or "").partition("/")
        if kind != "lead":
            return
        attempt = Attempt(_ACTOR, f"{told.id}#{sent.reference}", lead_id, _KEPT)
        who = Principal(sent.tenant, _ACTOR, "sales_rep", "key", _ONLY)
        data = {"lead_id": lead_id, "email": sent.address, "reason": reason}
        try:
            caller = Caller(who, told.id, attempt=attempt)
            self.leads.note(caller, lead_id, "lead.mail_returned", data)
        except (AlreadyAnsweredError, LeadNotFoundError):
            return  # it is there, or nobody reads it any more
