"""Where conversations and tasks are kept, and how many of them there may be."""

from __future__ import annotations

from dataclasses import dataclass

from shared.platform.clock import Clock, utc_now
from shared.platform.tables import Tables


@dataclass(frozen=True, slots=True)
class ChatLimits:
    """How much is taken at once."""

    characters: int = 4_000
    """Of one message."""
    per_session: int = 10
    """Messages of one session that wait for their answers."""
    per_user: int = 20
    """The same of one principal, over all their sessions."""


@dataclass(frozen=True, slots=True)
class Places:
    """Tables and clock."""

    tables: Tables
    table: str
    """Conversations, messages, tasks, journals."""
    crm_table: str
    """Timelines and the outbox."""
    limits: ChatLimits = ChatLimits()
    clock: Clock = utc_now
