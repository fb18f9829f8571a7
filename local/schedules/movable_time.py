"""The time that schedules live by: it runs like the machine's, and can be moved."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta


class MovableTime:
    """A clock that goes on from wherever it is put."""

    def __init__(self, now: datetime | None = None) -> None:
        """`now` is what it shows first; None is the machine's own time."""
        self._ahead = timedelta()
        self._changed = threading.Condition()
        if now is not None:
            self.move_to(now)

    def now(self) -> datetime:
        """What the clock shows, in UTC."""
        return datetime.now(UTC) + self._ahead

    def move_to(self, moment: datetime) -> None:
        """Puts the clock to a moment, before or after what it shows; who waits looks again."""
        with self._changed:
            self._ahead = moment.astimezone(UTC) - datetime.now(UTC)
            self._changed.notify_all()

    def wait_until(self, moment: datetime) -> None:
        """Waits for a moment, or until the clock is moved or somebody wakes those who wait."""
        with self._changed:
            seconds = (moment - self.now()).total_seconds()
            if seconds > 0:
                self._changed.wait(seconds)

    def wake(self) -> None:
        """Ends every wait."""
        with self._changed:
            self._changed.notify_all()
