"""One step of a replay: a page of the log into the consumer's queue."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any, Final

from shared.consumers.declaration import Declaration
from shared.consumers.deliveries import Replayed, message
from shared.consumers.matching import hears
from shared.consumers.replays import FASTEST, Replay, ReplayConflictError, Replays
from shared.events.log import EventLog, place
from shared.platform.clock import Clock, utc_now
from shared.platform.queues import Queues

_LONGEST: Final = 900
"""Seconds that a queue can hold a message back."""


@dataclass(frozen=True, slots=True)
class Replayer:
    """Takes the steps of replays."""

    replays: Replays
    log: EventLog
    queues: Queues
    own_queue: str
    """Where the steps come from."""
    consumers: Mapping[str, tuple[Declaration, str]]
    """Each consumer there is, with its queue."""
    clock: Clock = utc_now

    def step(self, body: str) -> Replay | None:
        """Takes the step that a message asks for; None if it was taken before, or cancelled."""
        asked = json.loads(body)
        found = self.replays.get(asked["tenant"], asked["replay"])
        if found.status != "running" or found.step != asked["step"]:
            return None
        if found.consumer not in self.consumers:
            text = f"there is no consumer {found.consumer} any more"
            return self.replays.move(found, status="failed", error=text, ended_at=self.clock())
        try:
            return self._send(found)
        except ReplayConflictError:
            return None

    def _send(self, found: Replay) -> Replay:
        said, queue = self.consumers[found.consumer]
        page = min(FASTEST, max(found.per_second, 10))
        events, more = self.log.page(
            found.tenant, found.wanted, limit=page, after=found.reached or None
        )
        heard = [event for event in events if hears(said, event)]
        mark = Replayed(found.id, found.effects)
        self.queues.send_all(queue, [message(event, mark) for event in heard])
        told: dict[str, Any] = {
            "sent": found.sent + len(heard),
            "passed": found.passed + len(events) - len(heard),
            "reached": place(events[-1]) if events else found.reached,
        }
        if more is None:
            return self.replays.move(found, **told, status="done", ended_at=self.clock())
        after = self.replays.move(found, **told)
        self.ask(after, ceil(len(heard) / found.per_second))
        return after

    def ask(self, replay: Replay, seconds: int) -> None:
        """Sends the message that asks for a replay's next step."""
        self.queues.send(self.own_queue, step_message(replay), min(seconds, _LONGEST))


def step_message(replay: Replay) -> str:
    """The message that asks for the next step."""
    return json.dumps({"tenant": replay.tenant, "replay": replay.id, "step": replay.step})
