"""What an event is to whoever works with it: its whole data, in the newest version, checked."""

from __future__ import annotations

from dataclasses import dataclass

from shared.events.arrivals import RejectedEventError
from shared.events.catalog.versions import in_newest
from shared.events.claims import Claims, LostDataError, WrongClaimError
from shared.events.envelope import Event


@dataclass(frozen=True, slots=True)
class Opener:
    """Opens events just before they are worked with."""

    claims: Claims | None = None
    """Redeems data that is kept elsewhere."""

    def open(self, event: Event) -> Event:
        """The event as it is meant.

        Raises:
            RejectedEventError: its data is gone, or was changed, or is not what its type allows. No
                retry mends that; what else fails may be tried again.
        """
        if event.dataref is None:
            return event
        try:
            if self.claims is None:
                raise LostDataError(
                    f"{event.event_type} {event.id}: its data is in a bucket that is not read here"
                )
            return in_newest(self.claims.redeem(event))
        except (LostDataError, WrongClaimError, ValueError) as error:
            raise RejectedEventError(str(error), event.tenant, event.id, event.event_type) from None
