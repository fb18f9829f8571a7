"""What AWS does and moto does not, drawn from a seed: `make run ARGS=--weak`.

Indexes lag behind their tables, deliveries come twice and out of order, calls are throttled, fail,
or succeed with an answer that is lost. A platform that is right stays right under all of it.
"""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass
from enum import Enum
from typing import Final


class Fault(Enum):
    """What becomes of a function's call."""

    NONE = "none"
    THROTTLED = "throttled"
    """Refused before it was acted on."""
    UNAVAILABLE = "unavailable"
    """Failed before it was acted on."""
    ANSWER_LOST = "answer lost"
    """Acted on, and answered with a failure."""


@dataclass(frozen=True, slots=True)
class Rates:
    """How likely each weakness is, per call or delivery."""

    throttled: float = 0.02
    unavailable: float = 0.01
    answer_lost: float = 0.01
    delivered_twice: float = 0.2
    delivered_late: float = 0.3
    latest_seconds: float = 0.6
    index_lag_seconds: float = 0.3


STRONG: Final = Rates(0, 0, 0, 0, 0, 0, 0)


class Weakness:
    """The dice; the same seed gives the same sequence, though threads take turns as they come."""

    def __init__(self, seed: int | None, *, duplicate: bool = False) -> None:
        """None is a platform without weakness; `duplicate` delivers every event twice."""
        self.rates = STRONG if seed is None else Rates()
        self._twice = 1.0 if duplicate else self.rates.delivered_twice
        self._random = random.Random(seed)
        self._lock = threading.Lock()

    def of_call(self) -> Fault:
        """What becomes of one call."""
        drawn = self._draw()
        for fault, rate in (
            (Fault.THROTTLED, self.rates.throttled),
            (Fault.UNAVAILABLE, self.rates.unavailable),
            (Fault.ANSWER_LOST, self.rates.answer_lost),
        ):
            if drawn < rate:
                return fault
            drawn -= rate
        return Fault.NONE

    def copies(self) -> int:
        """How often one delivery happens."""
        return 2 if self._draw() < self._twice else 1

    def delay(self) -> float:
        """Seconds that a delivery stays behind those that come after it."""
        if self._draw() >= self.rates.delivered_late:
            return 0.0
        return self._draw() * self.rates.latest_seconds

    def lag(self) -> float:
        """Seconds until an index knows of a write."""
        return self._draw() * self.rates.index_lag_seconds

    def _draw(self) -> float:
        with self._lock:
            return self._random.random()
