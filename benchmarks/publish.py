"""Publishing in a process, to three subscribers, beside three bare calls and beside blinker.

What is measured is processor time, in turns. The last case is what leaves a process: the data is
checked against its type, the envelope is made and written as JSON for its size, then routed.
Blinker sends the bare data: it has no envelope and checks nothing.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from benchmarks.measuring import interleaved, rounds_asked, table
from shared.events import Event, EventBus, NoOpEventBackend
from shared.events.catalog import lookup
from shared.events.strict import StrictEventBackend

PUBLISHED: Final = 2_000
KIND: Final = "lead.created"
DATA: Final = dict(lookup(KIND).sample)

Once = Callable[[], object]


def _first(data: Any) -> None:
    """Does nothing."""


def _second(data: Any) -> None:
    """Does nothing."""


def _third(data: Any) -> None:
    """Does nothing."""


HANDLERS: Final = (_first, _second, _third)


def bare() -> None:
    """Three calls."""
    for handler in HANDLERS:
        handler(DATA)


def blinker() -> Once:
    """A signal with three receivers."""
    from blinker import Signal

    signal = Signal()
    for handler in HANDLERS:
        signal.connect(handler)
    return partial(signal.send, DATA)


def bus(strict: bool, where: dict[str, Any] | None = None) -> Once:
    """A bus with three subscribers, and an event made for each publication."""
    backend = NoOpEventBackend()
    ours = EventBus(StrictEventBackend(backend) if strict else backend)
    for handler in HANDLERS:
        ours.subscribe("leads", handler, where=where)
    return lambda: ours.publish(Event(KIND, DATA))


def envelope() -> Event:
    """The event alone."""
    return Event(KIND, DATA)


def seconds(once: Once) -> float:
    """Processor time of one publication."""
    once()
    begun = time.process_time()
    for _ in range(PUBLISHED):
        once()
    return (time.process_time() - begun) / PUBLISHED


def main() -> None:
    """Measures in turns, prints."""
    rounds = rounds_asked(__doc__, 15)
    cases: dict[str, Once] = {
        "three bare calls": bare,
        "blinker: signal": blinker(),
        "ours: the envelope alone": envelope,
        "ours: envelope, route": bus(strict=False),
        "ours: envelope, route, three filters": bus(
            strict=False, where={"data": {"company": [{"prefix": "Ex"}]}}
        ),
        "ours: validate, envelope, JSON, route": bus(strict=True),
    }
    found = interleaved({n: partial(seconds, once) for n, once in cases.items()}, rounds)
    floor, peer = found["three bare calls"], found["blinker: signal"]
    rows = [
        (
            name,
            f"{taken.least * 1e6:.2f}",
            f"{taken.median * 1e6:.2f}",
            f"{taken.over(floor).median:.1f}",
            f"{taken.over(peer).median:.1f}",
        )
        for name, taken in found.items()
    ]
    table(
        f"One {KIND} to three subscribers, {rounds} rounds of {PUBLISHED}, Python "
        f"{platform.python_version()}",
        ("", "least, us", "median", "x bare calls", "x blinker"),
        rows,
    )


if __name__ == "__main__":
    main()
