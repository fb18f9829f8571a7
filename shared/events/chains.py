"""What led to an event: kept along a chain of events and runs, so that no chain goes on for ever.

A run that an event started is one step deeper than the event; whatever it says is as deep as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from shared.events.envelope import Event

_DEPTH: Final = "depth"
"""The name in an event's metadata; what no run said has none."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Who an event, or a run, comes from."""

    correlation_id: str | None = None
    causation_id: str | None = None
    depth: int = 0
    """How many runs in a row were started by events before it."""

    def tells(self, event: Event) -> Event:
        """The event with its origin, where it says none itself."""
        return replace(
            event,
            correlation_id=event.correlation_id or self.correlation_id,
            causation_id=event.causation_id or self.causation_id,
            metadata={**event.metadata, **self.metadata()},
        )

    def metadata(self) -> dict[str, Any]:
        """What the metadata of an event says of it."""
        return {_DEPTH: self.depth} if self.depth else {}


UNKNOWN: Final = Origin()


def depth_of(event: Event) -> int:
    """How deep an event is; one that says nothing sensible stands at the beginning."""
    told = event.metadata.get(_DEPTH)
    return told if isinstance(told, int) and told > 0 else 0
