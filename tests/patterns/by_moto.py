"""What moto's own matcher, without our seam, makes of a case."""

from __future__ import annotations

import json
from typing import Any

from moto.events.models import EventPattern


def matches(pattern: dict[str, Any], event: dict[str, Any]) -> bool | str:
    """Whether it matches, or how it fails."""
    try:
        loaded = EventPattern(None, json.loads(json.dumps(pattern)))
        return loaded._does_event_match(loaded._flatten_dict(event), loaded.get_pattern())
    except Exception as error:
        return type(error).__name__
