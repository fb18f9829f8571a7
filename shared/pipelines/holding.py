"""Keeps a message hidden while it is worked on, and only then.

The queue would hide it for six times the starter's time-out. Held in short steps instead, the
message of a starter that died comes back within seconds.

    received --hide 20 s--> working --hide 20 s again every 7 s--> done, or released
                               |  the starter dies: nobody hides it again
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from shared.platform.queues import Queues

HIDDEN_SECONDS: Final = 20
_STEP_SECONDS: Final = 7.0


@contextmanager
def held(queues: Queues, queue_url: str, receipt: str) -> Iterator[None]:
    """Hides the message until the block ends; how long it then stays so is the caller's word."""
    over = threading.Event()
    queues.delay(queue_url, receipt, HIDDEN_SECONDS)

    def hold() -> None:
        while not over.wait(_STEP_SECONDS):
            queues.delay(queue_url, receipt, HIDDEN_SECONDS)

    thread = threading.Thread(target=hold, daemon=True, name="holding")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
