"""Events: envelope, catalogue of types, bus and backends, outbox, inbox, quarantine.

What an event means to the CRM or starts in a pipeline is decided elsewhere. The names that most
callers need are here; backends that need a server or a thread are modules of `backends`.
"""

from shared.events.backends import (
    EventBackend,
    EventNotPublishedError,
    InMemoryEventBackend,
    LoggingEventBackend,
    NoOpEventBackend,
)
from shared.events.bus import EventBus, get_event_bus, publish_event, set_event_bus
from shared.events.envelope import EntityRef, Event

__all__ = [
    "EntityRef",
    "Event",
    "EventBackend",
    "EventBus",
    "EventNotPublishedError",
    "InMemoryEventBackend",
    "LoggingEventBackend",
    "NoOpEventBackend",
    "get_event_bus",
    "publish_event",
    "set_event_bus",
]
