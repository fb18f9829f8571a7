"""EventBridge, for the relay alone: everybody else writes into the outbox."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from shared.events.backends.base import EventBackend, EventNotPublishedError, Receipt
from shared.events.envelope import EntityRef, Event
from shared.platform.backoff import delays

_MAX_ENTRIES = 10
_MAX_BYTES = 240_000
_ATTEMPTS = 4


class EventBridgeBackend(EventBackend):
    """Puts events on one bus in chunks; entries that fail are sent again, alone, with jitter."""

    def __init__(
        self,
        bus_name: str,
        put: Callable[..., dict[str, Any]],
        form: Callable[[Event], Event] = lambda event: event,
    ) -> None:
        """A backend.

        Args:
            put: the client's `put_events`.
            form: gives each event the form that the bus may have; one it fails for is not put.
        """
        self._bus_name = bus_name
        self._put = put
        self._form = form

    def publish(self, event: Event, topics: Sequence[str] | None = None) -> None:
        """See `EventBackend.publish`."""
        receipt = self.publish_all([event])
        if receipt.failed:
            raise EventNotPublishedError(f"{event.event_type} {event.id}: {receipt.failed[0][1]}")

    def publish_all(self, events: Sequence[Event]) -> Receipt:
        """Publishes what it can and says what it could not, each in the order of `events`.

        An event is put only after the earlier ones of its entity were taken; those behind one that
        failed stay behind.
        """
        done: dict[str, str | None] = {}
        left = list(events)
        while left:
            chunk = _next_chunk(left)
            done |= self._insist(chunk)
            stuck = {_about(event) for event in chunk if done[event.id] and event.entity}
            for event in left:
                if event.id not in done and _about(event) in stuck:
                    done[event.id] = f"waits for an earlier event of {event.entity}"
            left = [event for event in left if event.id not in done]
        failed = tuple((event, why) for event in events if (why := done[event.id]))
        return Receipt(tuple(event for event in events if not done[event.id]), failed)

    def _insist(self, chunk: Sequence[Event]) -> dict[str, str | None]:
        """Sends a chunk, then what failed alone; why each failed, None for what was taken."""
        done: dict[str, str | None] = dict.fromkeys(event.id for event in chunk)
        waits = delays(_ATTEMPTS, base=0.1, cap=2.0)
        left = list(chunk)
        while refused := self._send(left):
            wait = next(waits, None)
            if wait is None:
                return done | refused
            left = [event for event in left if event.id in refused]
            time.sleep(wait)
        return done

    def _send(self, events: Sequence[Event]) -> dict[str, str]:
        """Puts events; why those failed that did."""
        refused: dict[str, str] = {}
        formed = []
        for event in events:
            try:
                formed.append(self._form(event))
            except Exception as error:  # the others go on
                refused[event.id] = type(error).__name__
        return refused | (self._put_all(formed) if formed else {})

    def _put_all(self, events: Sequence[Event]) -> dict[str, str]:
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


def _next_chunk(events: Sequence[Event]) -> list[Event]:
    """The first events that fit into one call, no two of them about one entity."""
    chunk: list[Event] = []
    size = 0
    taken: set[tuple[str | None, EntityRef | None]] = set()
    for event in events:
        if event.entity and _about(event) in taken:
            continue
        size += len(event.to_wire().encode())
        if chunk and (len(chunk) == _MAX_ENTRIES or size > _MAX_BYTES):
            break
        chunk.append(event)
        taken.add(_about(event))
    return chunk


def _about(event: Event) -> tuple[str | None, EntityRef | None]:
    return event.tenant, event.entity
