"""Where a bus carries its events: nowhere, the log, a list, EventBridge. One module each."""

from shared.events.backends.base import EventBackend, EventNotPublishedError
from shared.events.backends.in_memory import InMemoryEventBackend
from shared.events.backends.logging import LoggingEventBackend
from shared.events.backends.noop import NoOpEventBackend

__all__ = [
    "EventBackend",
    "EventNotPublishedError",
    "InMemoryEventBackend",
    "LoggingEventBackend",
    "NoOpEventBackend",
]
