"""Where identity keeps what it knows."""

from __future__ import annotations

from dataclasses import dataclass

from shared.platform.clock import Clock, utc_now
from shared.platform.tables import Tables


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
    clock: Clock = utc_now
