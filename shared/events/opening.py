"""What an event is to whoever works with it: its whole data, in the newest version, checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shared.events.arrivals import RejectedEventError
from shared.events.catalog.versions import in_newest
from shared.events.claims import Claims, LostDataError, WrongClaimError
from shared.events.data_keys import ForgottenKeyError
from shared.events.envelope import Event, UnfitEventError
from shared.events.sealing import BrokenSealError, Seals

_HOPELESS: Final = (
    LostDataError, WrongClaimError, BrokenSealError, ForgottenKeyError, UnfitEventError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opener:
    """Opens events just before they are worked with."""

    claims: Claims | None = None
    """Redeems data that is kept elsewhere."""
    seals: Seals | None = None
    """Opens what is personal."""

    def open(self, event: Event) -> Event:
        """The event as it is meant.

        Raises:
            RejectedEventError: its data or the key to it is gone, or was changed, or is not what
                its type allows. No retry mends that; what else fails may be tried again.
        """
        if event.dataref is None and event.sealed is None:
            return event
        try:
            return in_newest(self._whole(event))
        except _HOPELESS as error:
            raise RejectedEventError(str(error), event.tenant, event.id, event.event_type) from None

    def _whole(self, event: Event) -> Event:
        about = f"{event.event_type} {event.id}"
        if event.dataref is not None:
            if self.claims is None:
                raise LostDataError(f"{about}: its data is in a bucket that is not read here")
            return self.claims.redeem(event)  # which has what is sealed beside it, too
        if self.seals is None:
            raise ForgottenKeyError(f"{about}: what is sealed in it is not opened here")
        return self.seals.open(event)
