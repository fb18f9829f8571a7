"""The clock: fires what stands in moto's backends, and tries again what could not be delivered.

Everything that is due hangs on one movable time, retries too, so that a test that moves it sees in
a moment, in order, and from its own thread, what AWS does in a year.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from local.delivery.invoking import Report
from local.schedules import entries
from local.schedules.entries import Entry
from local.schedules.firing import Clients, Firing, bury, send, stamp
from local.schedules.movable_time import MovableTime
from local.seams.event_targets import send_scheduled
from shared.platform.backoff import delay_after

_LOOK_SECONDS: Final = 1.0
"""How soon a schedule that somebody created is noticed."""
_LATE: Final = timedelta(seconds=60)
"""What is due for longer fell into a pause of the machine: AWS would have fired it then."""
_FIRST_RETRY_SECONDS: Final = 2.0
_LONGEST_RETRY_SECONDS: Final = 600.0


@dataclass(slots=True)
class _Watched:
    entry: Entry
    anchor: datetime
    """When the clock saw it first: what a rate counts from."""
    due: datetime | None


class ScheduleClock:
    """Watches schedules and rules, and fires them."""

    def __init__(self, time: MovableTime, clients: Clients, say: Report, report: Report) -> None:
        """`say` is told what fired, `report` what failed."""
        self.time = time
        self._clients = clients
        self._say = say
        self._report = report
        self._watched: dict[str, _Watched] = {}
        self._retries: list[tuple[datetime, Firing]] = []
        self._lock = threading.RLock()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="schedules")

    def start(self) -> None:
        """Starts the clock."""
        self._thread.start()

    def close(self) -> None:
        """Stops the clock."""
        self._closed.set()
        self.time.wake()

    def join(self, seconds: float) -> None:
        """Waits for the firing in hand."""
        if self._thread.is_alive():
            self._thread.join(seconds)

    def move_to(self, moment: datetime) -> None:
        """Moves the time, and fires on the way everything that is due, in order.

        Moved back, it fires nothing, and later everything once more.
        """
        with self._lock:
            self._look()
            while (due := self._soonest()) is not None and due <= moment:
                self.time.move_to(max(due, self.time.now()))
                self._fire_next()
                self._look()
            backwards = moment < self.time.now()
            self.time.move_to(moment)
            if backwards:
                self._watched.clear()
                self._look()

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                until = self._step()
            except Exception as error:  # the clock outlives whatever a schedule does
                self._report("schedules", f"the clock stumbled: {error!r}")
                until = self.time.now() + timedelta(seconds=_LOOK_SECONDS)
            self.time.wait_until(until)

    def _step(self) -> datetime:
        with self._lock:
            self._look()
            self._pass_over_what_was_missed()
            while (due := self._soonest()) is not None and due <= self.time.now():
                if self._closed.is_set():
                    break
                self._fire_next()
            look = self.time.now() + timedelta(seconds=_LOOK_SECONDS)
            return min(due, look) if due else look

    def _look(self) -> None:
        """Takes over what was created, changed, disabled or deleted since the last look."""
        now = self.time.now()
        found = {entry.arn: entry for entry in entries.standing()}
        for arn in self._watched.keys() - found.keys():
            del self._watched[arn]
        for arn, entry in found.items():
            known = self._watched.get(arn)
            if known is None or known.entry != entry:
                self._watched[arn] = _Watched(entry, now, entry.next_after(now, now))

    def _soonest(self) -> datetime | None:
        moments = [watched.due for watched in self._watched.values() if watched.due]
        moments += [due for due, _ in self._retries]
        return min(moments, default=None)

    def _pass_over_what_was_missed(self) -> None:
        now = self.time.now()
        for watched in self._watched.values():
            if watched.due and watched.due < now - _LATE:
                self._report(watched.entry.name, f"missed {stamp(watched.due)}; not caught up")
                watched.due = watched.entry.next_after(now, watched.anchor)

    def _fire_next(self) -> None:
        soonest = self._soonest()
        for retry in [retry for retry in self._retries if retry[0] == soonest]:
            self._retries.remove(retry)
            self._try(retry[1])
        for watched in [w for w in self._watched.values() if w.due == soonest]:
            due = watched.due
            assert due is not None  # noqa: S101
            watched.due = watched.entry.next_after(due, watched.anchor)
            self._fire(watched.entry, due)
            if watched.due is None and watched.entry.delete_when_over:
                entries.delete(watched.entry)

    def _fire(self, entry: Entry, due: datetime) -> None:
        self._say(entry.name, f"fires for {stamp(due)} {entry.expression}")
        if not entry.rule:
            self._try(Firing(entry, due))
        elif rule := entries.rule_named(entry.name):
            send_scheduled(rule, due)

    def _try(self, firing: Firing) -> None:
        try:
            send(firing, self._clients)
        except Exception as error:  # whatever a target answers, the schedule's policy decides
            self._try_again(firing, error)

    def _try_again(self, firing: Firing, error: Exception) -> None:
        seconds = delay_after(firing.attempt, _FIRST_RETRY_SECONDS, _LONGEST_RETRY_SECONDS)
        again = self.time.now() + timedelta(seconds=seconds)
        oldest = firing.scheduled + timedelta(seconds=firing.max_age_seconds)
        if firing.attempt > firing.max_retries:
            self._give_up(firing, error, "MaximumRetryAttempts")
        elif again > oldest:
            self._give_up(firing, error, "MaximumEventAgeInSeconds")
        else:
            self._retries.append((again, replace(firing, attempt=firing.attempt + 1)))

    def _give_up(self, firing: Firing, error: Exception, exhausted: str) -> None:
        try:
            kept = bury(firing, error, exhausted, self._clients)
        except Exception as refused:  # dead letters may be gone too
            self._report(firing.entry.name, f"its dead letters cannot be reached: {refused}")
            kept = False
        where = "is with its dead letters" if kept else "is lost: it has no dead letters"
        tries = f"{firing.attempt} tries" if firing.attempt > 1 else "one try"
        told = f"the firing for {stamp(firing.scheduled)} {where} after {tries}: {error}"
        self._report(firing.entry.name, told)
