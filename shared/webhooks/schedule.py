"""When a delivery is tried again: the schedule that Standard Webhooks 1.0.0 recommends."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

WAITS: Final = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""After the first try, the second, and so on: ten tries in a little over three days."""
TRIES: Final = len(WAITS) + 1
JITTER: Final = 0.1
"""Each wait is longer by up to this part of it, so that what failed together comes apart."""
THROTTLED: Final = frozenset({429, 502, 504})
SHORTEST: Final = timedelta(seconds=30)
"""How long an endpoint is left alone that is too busy and does not say for how long."""
LONGEST: Final = timedelta(hours=1)
"""How long an endpoint can ask to be left alone."""

Jitter = Callable[[], float]
"""A number from 0 to 1."""


def wait_after(tries: int, jitter: Jitter = random.random) -> timedelta | None:
    """How long to wait after so many tries; None when there were enough."""
    if not 1 <= tries < TRIES:
        return None
    wait = WAITS[tries - 1]
    return wait + wait * JITTER * min(max(jitter(), 0.0), 1.0)


def left_alone(status: int | None, headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """For how long an endpoint wants to hear nothing, by its answer; None if it does not say so.

    Args:
        status: None is an endpoint that did not answer in time.
    """
    asked = _asked(headers.get("retry-after", ""), now) if status and status >= 300 else None
    if asked is None and status not in (*THROTTLED, None):
        return None
    wanted = SHORTEST if asked is None else asked
    return min(max(wanted, timedelta(seconds=1)), LONGEST)


def _asked(text: str, now: datetime) -> timedelta | None:
    """What `Retry-After` says: seconds, or a moment."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=int(text[:9]))
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
