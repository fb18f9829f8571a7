"""Waiting between tries: exponential, bounded, with full jitter."""

from __future__ import annotations

import random
from collections.abc import Iterator


def delays(attempts: int, base: float, cap: float) -> Iterator[float]:
    """Seconds to wait after each failed try but the last; each drawn from zero to its bound."""
    for attempt in range(attempts - 1):
        yield random.uniform(0, min(cap, base * 2**attempt))


def delay_after(attempt: int, base: float, cap: float) -> float:
    """Seconds to wait after try number `attempt` (from 1), at least one tenth of its bound."""
    bound = min(cap, base * 2 ** (attempt - 1))
    return random.uniform(bound / 10, bound)
