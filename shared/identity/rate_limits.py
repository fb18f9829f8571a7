"""How much a caller may ask for: units per minute, counted over all processes.

A process takes units from the shared counter in small shares and spends them by itself, so that a
request costs a write only now and then. No more is ever granted than the limit; what a process has
taken and not spent is lost to the others until the minute is over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shared.platform.clock import Clock, utc_now
from shared.platform.counters import Counters

WINDOW: Final = 60
"""Seconds after which everything is granted anew."""
SHARES: Final = 20
"""A process takes a twentieth of the limit at once."""
_KNOWN: Final = 2_000
"""How many callers a process remembers before it looks for those whose minute is over."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a caller may still ask for, as this process knows it."""

    allowed: bool
    limit: int
    remaining: int
    resets_in: int
    """Seconds."""


@dataclass(slots=True)
class _Lease:
    window: int
    left: int = 0
    taken: int = 0
    """What all processes have taken, when this one last asked."""


class RateLimits:
    """Limits of any number of callers, each under a name of its own."""

    def __init__(self, counters: Counters, table: str, clock: Clock = utc_now) -> None:
        self._counters = counters
        self._table = table
        self._clock = clock
        self._leases: dict[str, _Lease] = {}

    def spend(self, name: str, cost: int, limit: int) -> Standing:
        """Spends units, if there are as many; what is refused costs nothing.

        Args:
            name: whose units, e.g. `tenant#acme`.
            cost: of this request, in units; at least 1.
            limit: units per minute.
        """
        now = int(self._clock().timestamp())
        lease = self._lease(name, now // WINDOW)
        if lease.left < cost and lease.taken < limit:
            self._take(name, lease, cost - lease.left, limit)
        allowed = lease.left >= cost
        lease.left -= cost if allowed else 0
        remaining = max(0, limit - lease.taken) + lease.left
        return Standing(allowed, limit, remaining, WINDOW - now % WINDOW)

    def _lease(self, name: str, window: int) -> _Lease:
        lease = self._leases.get(name)
        if lease is None or lease.window != window:
            if len(self._leases) >= _KNOWN:
                self._leases = {n: one for n, one in self._leases.items() if one.window == window}
            lease = self._leases[name] = _Lease(window)
        return lease

    def _take(self, name: str, lease: _Lease, needed: int, limit: int) -> None:
        amount = max(needed, limit // SHARES, 1)
        key = f"{name}#rate#{lease.window}"
        over = (lease.window + 2) * WINDOW
        lease.taken = self._counters.add(self._table, key, amount, over)
        lease.left += max(0, min(amount, limit - (lease.taken - amount)))
