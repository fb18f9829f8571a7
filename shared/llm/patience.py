"""Trying again: as often as it makes sense, and as late as the provider asks."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from shared.llm.errors import LLMProviderError, RateLimitedError
from shared.llm.failures import translated
from shared.platform.backoff import delays

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a call may take, with all its tries."""

    attempts: int = 4
    timeout: float = 60.0
    """Seconds without a byte from the provider, per try."""
    base: float = 0.5
    """Seconds: the bound of the first wait; each further one doubles it."""
    cap: float = 8.0
    longest: float = 20.0
    """A provider that asks for a longer wait than this is not waited for."""
    total: float = 120.0
    """Seconds after which nothing is tried again, and a stream is given up."""
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.monotonic


@dataclass(slots=True)
class Tries:
    """How often a provider was asked, and how many of the failures it may charge for."""

    made: int = 0
    unsure: int = 0


def tried(call: Callable[[], T], provider: str, patience: Patience) -> tuple[T, Tries]:
    """What the call gives, and after which tries.

    Raises:
        LLMProviderError: with the number of tries.
    """
    until = patience.now() + patience.total
    waits = delays(patience.attempts, patience.base, patience.cap)
    tries = Tries()
    while True:
        tries.made += 1
        made = outcome(call, provider)
        if not isinstance(made, LLMProviderError):
            return made, tries
        made.attempts, made.unsure = tries.made, tries.unsure
        tries.unsure += not made.unbilled
        wait = _wait(made, next(waits, None), patience)
        if wait is None or patience.now() + wait > until:
            raise made
        patience.sleep(wait)


def outcome(call: Callable[[], T], provider: str) -> T | LLMProviderError:
    """What the call gives, or our error for what it raised, without the client's behind it."""
    try:
        return call()
    except LLMProviderError as error:
        return error
    except Exception as error:
        failure = translated(error, provider)
        if failure is None:
            raise
        failure.__context__ = failure.__cause__ = None
        return failure


def _wait(error: LLMProviderError, drawn: float | None, patience: Patience) -> float | None:
    if drawn is None or not error.retryable:
        return None
    asked = error.retry_after if isinstance(error, RateLimitedError) else None
    if asked is None:
        return drawn
    return asked + drawn if asked <= patience.longest else None
