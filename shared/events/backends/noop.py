"""The default where nothing is configured."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from shared.events.backends.base import EventBackend
from shared.events.envelope import Event

_log = logging.getLogger(__name__)


class NoOpEventBackend(EventBackend):
    """Notes an event's type at level DEBUG and carries it nowhere."""

    def publish(self, event: Event, topics: Sequence[str] | None = None) -> None:
        """See `EventBackend.publish`."""
        _log.debug("not published: %s %s", event.event_type, event.id)
