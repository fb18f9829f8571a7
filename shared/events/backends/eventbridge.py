"""EventBridge, for the relay alone: everybody else writes into the outbox."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from shared.events.backends.base import EventBackend, EventNotPublishedError, Receipt
from shared.events.envelope import Event
from shared.platform.backoff import delays

_MAX_ENTRIES = 10
_MAX_BYTES = 240_000
_ATTEMPTS = 4


class EventBridgeBackend(EventBackend):
    """Puts events on one bus in chunks; entries that fail are sent again, alone, with jitter."""

    def __init__(self, bus_name: str, put: Callable[..., dict[str, Any]]) -> None:
        """`put` is the client's `put_events`."""
        self._bus_name = bus_name
        self._put = put

    def publish(self, event: Event, topics: Sequence[str] | None = None) -> None:
        """See `EventBackend.publish`."""
        receipt = self.publish_all([event])
        if receipt.failed:
            raise EventNotPublishedError(f"{event.event_type} {event.id}: {receipt.failed[0][1]}")

    def publish_all(self, events: Sequence[Event]) -> Receipt:
        """Publishes what it can, in order, and says what it could not."""
        published: list[Event] = []
        failed: list[tuple[Event, str]] = []
        for chunk in _chunks(events):
            left = chunk
            waits = delays(_ATTEMPTS, base=0.1, cap=2.0)
            while left:
                refused = self._send(left)
                published += [event for event in left if event.id not in refused]
                left = [event for event in left if event.id in refused]
                wait = next(waits, None)
                if wait is None:
                    failed += [(event, refused[event.id]) for event in left]
                    break
                if left:
                    time.sleep(wait)
        return Receipt(tuple(published), tuple(failed))

    def _send(self, events: Sequence[Event]) -> dict[str, str]:
        entries = [
            {
                "EventBusName": self._bus_name,
                "Source": event.source,
                "DetailType": event.event_type,
                "Time": event.time,
                "Resources": [str(event.entity)] if event.entity else [],
                "Detail": event.to_wire(),
            }
            for event in events
        ]
        try:
            answer = self._put(Entries=entries)
        except Exception as error:  # every event of the chunk has the same reason
            return {event.id: type(error).__name__ for event in events}
        return {
            event.id: f"{entry['ErrorCode']}: {entry.get('ErrorMessage', '')}"
            for event, entry in zip(events, answer["Entries"], strict=True)
            if "ErrorCode" in entry
        }


def _chunks(events: Sequence[Event]) -> Iterator[list[Event]]:
    chunk: list[Event] = []
    size = 0
    for event in events:
        weight = len(event.to_wire().encode())
        if chunk and (len(chunk) == _MAX_ENTRIES or size + weight > _MAX_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(event)
        size += weight
    if chunk:
        yield chunk
