"""Rules match by our own matcher of patterns, and a rule whose pattern is none is refused.

moto's takes true for 1 and 300 for 300.0, looks into no array of objects, and takes patterns that
EventBridge refuses; `python -m tests.patterns` prints where they differ.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from moto.events.exceptions import InvalidEventPatternException
from moto.events.models import EventPattern, EventPatternParser

from local.seams.replacing import replace
from shared.events.patterns import InvalidPatternError, Pattern


@lru_cache(maxsize=1024)
def _parsed(pattern: str) -> Pattern:
    return Pattern(pattern)


def _matches_event(self: Any, event: Any) -> bool:
    return not self._raw_pattern or _parsed(self._raw_pattern).matches(event)


def _parse(self: Any) -> dict[str, Any]:
    if not self.pattern:
        return {}
    try:
        _parsed(self.pattern)
    except InvalidPatternError as error:
        raise InvalidEventPatternException(reason=str(error)) from None
    read: dict[str, Any] = json.loads(self.pattern)
    return read


def install() -> None:
    """Replaces how a pattern is read and how it meets an event."""
    replace(EventPattern, matches_event=_matches_event)
    replace(EventPatternParser, parse=_parse)
