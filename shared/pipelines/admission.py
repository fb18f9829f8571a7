"""What an event must be before somebody outside may say it: known, well formed, not ours alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.events.catalog import lookup


class OursAloneError(Exception):
    """An event that only Millrace says, because something is done that only it may cause."""


def admitted(event_type: str, data: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The type's own name, which an old one stands for, and the data as the type defines it.

    Raises:
        UnknownEventTypeError: no type has this name.
        InvalidEventDataError: a field is missing, unknown or of the wrong type.
        OursAloneError: nobody outside may say it.
    """
    kind = lookup(event_type)
    if kind.ours_alone:
        raise OursAloneError(f"only Millrace itself says {kind.name}; try its pipeline dry instead")
    return kind.name, kind.check(data)
