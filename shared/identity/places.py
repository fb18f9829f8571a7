"""Where identity keeps what it knows."""

from __future__ import annotations

from dataclasses import dataclass

from shared.identity.audit import Audit
from shared.identity.principal import Principal
from shared.platform.clock import Clock, utc_now
from shared.platform.tables import Put, Tables


@dataclass(frozen=True, slots=True)
class Places:
    """The tables, by what is in them."""

    tables: Tables
    identity: str
    """Tenants, members, invitations, keys."""
    crm: str
    """Entities with their timelines: a member is one."""
    inbox: str
    """What expires by itself: sessions, and tokens that reset a password."""
    audit: str
    """Who changed what, and who was refused what."""
    clock: Clock = utc_now

    def noted(self, by: Principal, action: str, target: str, **facts: str) -> Put:
        """The audit's part of a transaction."""
        return Audit(self.tables, self.audit, self.clock).entry(
            by.tenant, by.subject, action, target, **facts
        )
