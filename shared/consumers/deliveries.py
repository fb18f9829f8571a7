"""A message of a consumer's queue: the event that a rule or a replay put there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from shared.events.arrivals import OWN_PREFIX
from shared.events.envelope import Event
from shared.platform.clock import iso

_MARK: Final = "replay"
"""Beside the event, where EventBridge lets no source write."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """The mark of a replay."""

    id: str
    effects: bool
    """Whether effects outside shall happen again."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message as the queue handed it over."""

    body: str
    receipt: str
    attempt: int
    """Which delivery this is, from 1."""
    message_id: str

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Delivery:
        """The delivery in a record of Lambda's event."""
        attempt = int(record["attributes"]["ApproximateReceiveCount"])
        return cls(record["body"], record["receiptHandle"], attempt, record["messageId"])

    def replay(self) -> Replayed | None:
        """The mark, if a replay sent it."""
        try:
            mark = json.loads(self.body).get(_MARK)
            return Replayed(str(mark["id"]), bool(mark["effects"])) if mark else None
        except (ValueError, KeyError, TypeError, AttributeError):
            return None


def message(event: Event, replay: Replayed | None = None) -> str:
    """The body by which an event comes as a rule would bring it."""
    own = event.source.startswith(OWN_PREFIX)
    found: dict[str, Any] = {
        "version": "0",
        "id": event.id,
        "detail-type": event.event_type,
        "source": event.source,
        "time": iso(event.time),
        "detail": json.loads(event.to_wire()) if own else dict(event.data),
    }
    if replay:
        found[_MARK] = {"id": replay.id, "effects": replay.effects}
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))
