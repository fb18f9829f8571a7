"""A backend that writes a line for every event."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence

from shared.events.backends.base import EventBackend
from shared.events.envelope import Event
from shared.events.personal import redacted

_log = logging.getLogger(__name__)


class LoggingEventBackend(EventBackend):
    """Logs type, topics and data at the level that is asked for, personal fields hidden."""

    def __init__(self, log_level: str = "INFO") -> None:
        levels = logging.getLevelNamesMapping()
        if log_level.upper() not in levels:
            raise ValueError(f"log_level {log_level!r}: write one of {', '.join(levels)}")
        self._level = levels[log_level.upper()]

    def publish(self, event: Event, topics: Sequence[str] | None = None) -> None:
        """See `EventBackend.publish`."""
        named = ", ".join(topics or ("default",))
        data = json.dumps(dict(redacted(event).data), ensure_ascii=False, default=str)
        _log.log(self._level, "Event: %s | Topics: %s | Data: %s", event.event_type, named, data)
