"""What lists of events show of data: large as far as it goes, nothing personal unless asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from functions.crm.dependencies import Services
from shared.events import Event
from shared.events.claims import shown
from shared.events.data_keys import ForgottenKeyError
from shared.events.personal import redacted, redacted_message
from shared.events.quarantine import Quarantined
from shared.events.sealing import BrokenSealError
from shared.identity.principal import Principal
from shared.identity.rights import Right


def told(events: Sequence[Event], who: Principal, at: Services, *, personal: bool) -> list[Event]:
    """Events for an answer.

    Raises:
        ForbiddenError: what is personal was asked for by somebody who may not see leads.
    """
    if personal:
        who.require(Right.LEADS_VIEW)
    whole = shown(events, at.claims)
    return [_opened(event, at) if personal else redacted(event) for event in whole]


def hidden(entry: Quarantined) -> Quarantined:
    """An entry of the quarantine without what is personal in its message."""
    return replace(entry, body=redacted_message(entry.body))


def _opened(event: Event, at: Services) -> Event:
    sealed = event.sealed
    if sealed is None or all(name in event.data for name in sealed.fields):
        return event
    try:
        return at.seals.open(event)
    except (ForgottenKeyError, BrokenSealError):
        return redacted(event)
