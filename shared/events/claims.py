"""The claim check: data too large for the bus stays in a bucket, and the event says where.

On the wire it is CloudEvents' attribute `dataref`; a consumer redeems it before it reads the data.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Protocol

from shared.events.envelope import Event


class Blobs(Protocol):
    """The port to texts kept under names."""

    def write(self, name: str, text: str) -> None:
        """Keeps a text; the same text again changes nothing."""

    def read(self, name: str) -> str:
        """The text of a name."""


class WrongClaimError(ValueError):
    """A reference to another tenant's data, or to data that is not what was left there."""


class Claims:
    """Keeps data by tenant and by its hash, so that publishing again keeps it once."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs

    def keep(self, event: Event) -> Event:
        """The event without its data, which is kept first."""
        text = json.dumps(dict(event.data), ensure_ascii=False, separators=(",", ":"))
        name = f"{_folder(event)}{_hash(text)}"
        self._blobs.write(name, text)
        return replace(event, data={}, dataref=name)

    def redeem(self, event: Event) -> Event:
        """The event with its data; one that has it already stays as it is.

        Raises:
            WrongClaimError: the reference is not the event's tenant's, or the data was changed.
        """
        if event.dataref is None:
            return event
        folder, name = _folder(event), event.dataref
        if not name.startswith(folder) or "/" in name.removeprefix(folder):
            raise WrongClaimError(f"{event.event_type} {event.id}: {name} is not of its tenant")
        text = self._blobs.read(name)
        if _hash(text) != name.removeprefix(folder):
            raise WrongClaimError(f"{event.event_type} {event.id}: {name} was changed")
        return replace(event, data=json.loads(text), dataref=None)


def _folder(event: Event) -> str:
    if event.tenant is None:
        raise WrongClaimError(f"{event.event_type} {event.id} has no tenant to keep its data for")
    return f"events/{event.tenant}/"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
