"""Budgets: what may be spent on models, and a typed error before a call that would pass it.

A call reserves what it may take at most, in every scope, and gives back what it did not take; calls
at the same time can therefore not pass a limit together. Whoever dies in between leaves the
reservation standing.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from pydantic import BaseModel, ConfigDict, NonNegativeInt

from shared.llm.errors import BudgetExceededError
from shared.platform.clock import Clock, utc_now
from shared.platform.counters import Counters

_TWO_DAYS: Final = 2 * 86_400


@dataclass(frozen=True, slots=True)
class Amount:
    """What is spent: calls, tokens, millionths of a US dollar."""

    steps: int = 0
    tokens: int = 0
    micro_dollars: int = 0

    def __sub__(self, other: Amount) -> Amount:
        return Amount(
            self.steps - other.steps,
            self.tokens - other.tokens,
            self.micro_dollars - other.micro_dollars,
        )

    def parts(self) -> dict[str, int]:
        """By name."""
        return {"steps": self.steps, "tokens": self.tokens, "micro_dollars": self.micro_dollars}


class Limits(BaseModel):
    """How much of each; None has no end."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: NonNegativeInt | None = None
    tokens: NonNegativeInt | None = None
    micro_dollars: NonNegativeInt | None = None

    def of(self, what: str) -> int | None:
        """The limit of one of them."""
        limits = {"steps": self.steps, "tokens": self.tokens, "micro_dollars": self.micro_dollars}
        return limits[what]


class Meter(Protocol):
    """What was spent in one scope."""

    @property
    def scope(self) -> str:
        """What errors call it, e.g. `turn` or `tenant and day`."""

    @property
    def limits(self) -> Limits:
        """How much may be spent."""

    def add(self, what: str, amount: int) -> int:
        """Adds to what was spent, or takes away, and gives the sum; at once for all callers."""


@dataclass(slots=True)
class LocalMeter:
    """A turn, or a run that one process does; `used` may be that of an earlier part."""

    scope: str
    limits: Limits
    used: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, what: str, amount: int) -> int:
        """See `Meter.add`."""
        with self._lock:
            self.used[what] = self.used.get(what, 0) + amount
            return self.used[what]


class CountedMeter:
    """A scope that many processes share: a tenant, a user, a run. Without a run it is a day's."""

    def __init__(
        self,
        counters: Counters,
        table: str,
        tenant: str,
        limits: Limits,
        *,
        user: str | None = None,
        run: str | None = None,
        clock: Clock = utc_now,
    ) -> None:
        self.limits = limits
        self._counters = counters
        self._table = table
        moment = clock()
        per = f"run#{run}" if run else f"day#{moment.date().isoformat()}"
        whose = f"user#{user}#" if user else ""
        self._key = f"{tenant}#llm#{whose}{per}"
        self.scope = "run" if run else f"{'user' if user else 'tenant'} and day"
        self._over = int(moment.timestamp()) + _TWO_DAYS

    def add(self, what: str, amount: int) -> int:
        """See `Meter.add`."""
        return self._counters.add(self._table, f"{self._key}#{what}", amount, self._over)


class Budget:
    """All scopes that a call counts in."""

    def __init__(self, meters: Sequence[Meter] = ()) -> None:
        self._meters = tuple(meters)

    def reserve(self, most: Amount) -> Reservation:
        """Sets aside what a call may take at most.

        Raises:
            BudgetExceededError: some scope has not that much left; nothing is set aside then.
        """
        held: list[tuple[Meter, str, int]] = []
        for meter in self._meters:
            for what, amount in most.parts().items():
                limit = meter.limits.of(what)
                if limit is None:
                    continue
                total = meter.add(what, amount)
                held.append((meter, what, amount))
                if total > limit:
                    for other, name, taken in held:
                        other.add(name, -taken)
                    raise BudgetExceededError(meter.scope, what, limit, total - amount)
        return Reservation(held)


class Reservation:
    """What was set aside for one call."""

    def __init__(self, held: Sequence[tuple[Meter, str, int]]) -> None:
        self._held = list(held)

    def settle(self, taken: Amount) -> None:
        """Counts what the call took instead; once, further calls change nothing."""
        held, self._held = self._held, []
        parts = taken.parts()
        for meter, what, amount in held:
            if parts[what] != amount:
                meter.add(what, parts[what] - amount)
