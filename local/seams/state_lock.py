"""The lock of the local state: who holds it sees tables and queues in one consistent picture."""

from __future__ import annotations

import threading

STATE_LOCK = threading.RLock()


class Changes:
    """Counts changes, so that a snapshot is only written when something changed."""

    def __init__(self) -> None:
        self.count = 0

    def note(self) -> None:
        """Called with the lock held."""
        self.count += 1


CHANGES = Changes()
