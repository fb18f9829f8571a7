"""The claim check: data too large for the bus stays in a bucket, and the event says where.

On the wire it is CloudEvents' attribute `dataref`. Beside it `data` holds the small fields, so that
rules still find them; a consumer redeems the claim before it reads the rest. An event that was
redeemed keeps its `dataref`: written anywhere again, it is small again.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Protocol

from shared.events.catalog.registry import InvalidEventDataError
from shared.events.envelope import Event, UnfitEventError
from shared.platform.blobs import MissingBlobError

INLINE: Final = 160_000
"""Bytes of an event on the wire. EventBridge takes 256 KB an entry, and sealing adds a third."""
LARGEST: Final = 1_000_000
"""Bytes of an event's data as JSON: as much as a request to the API may bring."""
_NAME: Final = re.compile(r"(?P<tenant>[^/]+)/events/(?P<hash>[0-9a-f]{64})-(?P<size>[1-9]\d{0,8})")


class Blobs(Protocol):
    """The port to texts kept under names."""

    def write(self, name: str, text: str) -> None:
        """Keeps a text; the same text again changes nothing."""

    def read(self, name: str) -> str:
        """The text of a name.

        Raises:
            MissingBlobError: there is none.
        """


class EventTooLargeError(UnfitEventError):
    """An event over the limit; the message says which, and the mend."""


class WrongClaimError(ValueError):
    """A reference to another tenant's data, or to data that is not what was left there."""


class LostDataError(LookupError):
    """A reference to data that is not there any more."""


class Claims:
    """Keeps data by tenant and by its hash, so that publishing again keeps it once."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs

    def keep(self, event: Event) -> Event:
        """The event with a reference to its data, which is kept first.

        Raises:
            EventTooLargeError: its data, or what stays beside it, is over a limit.
        """
        text = _text(event)
        size = len(text.encode())
        if size > LARGEST:
            raise EventTooLargeError(
                f"{event.event_type} {event.id} has {size:,} bytes of data; {LARGEST:,} are "
                "allowed, put what is large into a file and name it"
            )
        name = f"{event.tenant}/events/{_hash(text)}-{size}"
        kept = replace(event, dataref=name)
        if (left := wire_bytes(kept)) > INLINE:
            raise EventTooLargeError(
                f"{event.event_type} {event.id} has {left:,} bytes without its data; "
                "shorten metadata"
            )
        self._blobs.write(name, text)
        return kept

    def redeem(self, event: Event) -> Event:
        """The event with its whole data; one without a reference stays as it is.

        Raises:
            WrongClaimError: the reference is not the event's tenant's, or the data was changed.
            LostDataError: the data is gone.
        """
        if event.dataref is None:
            return event
        about, name = f"{event.event_type} {event.id}", event.dataref
        found = _NAME.fullmatch(name)
        if found is None or found["tenant"] != event.tenant:
            raise WrongClaimError(f"{about}: its data {name} is not of its tenant")
        if int(found["size"]) > LARGEST:
            raise WrongClaimError(f"{about}: its data {name} is over {LARGEST:,} bytes")
        try:
            text = self._blobs.read(name)
        except MissingBlobError:
            raise LostDataError(
                f"{about}: its data {name} is gone; restore the object, then redrive"
            ) from None
        if len(text.encode()) != int(found["size"]) or _hash(text) != found["hash"]:
            raise WrongClaimError(f"{about}: its data {name} was changed")
        return replace(event, data=json.loads(text))


def fitting(event: Event, claims: Claims | None) -> Event:
    """The event as it fits the bus and a table's item; what is large is kept first.

    Raises:
        EventTooLargeError: it is over the limit, or nothing here keeps what is large.
        InvalidEventDataError: it has no JSON.
    """
    if event.dataref is not None or (size := wire_bytes(event)) <= INLINE:
        return event
    if claims is None or event.tenant is None:
        raise EventTooLargeError(
            f"{event.event_type} {event.id} has {size:,} bytes; {INLINE:,} are allowed, "
            "put what is large into a file and name it"
        )
    return claims.keep(event)


def shown(events: Sequence[Event], claims: Claims | None, most: int = LARGEST) -> list[Event]:
    """Events for a list: with their whole data, as far as `most` bytes of it go.

    Those beyond, and those whose data is gone, keep their `dataref` and show their small fields.
    """
    found = []
    for event in events:
        size = _size(event)
        if claims is not None and 0 < size <= most:
            try:
                event = replace(claims.redeem(event), dataref=None)
                most -= size
            except (LostDataError, WrongClaimError):
                pass
        found.append(event)
    return found


def wire_bytes(event: Event) -> int:
    """The size of an event on the wire.

    Raises:
        InvalidEventDataError: it has no JSON.
    """
    try:
        return len(event.to_wire().encode())
    except (TypeError, ValueError) as error:
        raise InvalidEventDataError(f"{event.event_type} {event.id}: {error}") from None


def _size(event: Event) -> int:
    """Of data kept elsewhere, as its reference says it; 0 if there is none."""
    found = _NAME.fullmatch(event.dataref or "")
    return int(found["size"]) if found else 0


def _text(event: Event) -> str:
    try:
        return json.dumps(
            dict(event.data), ensure_ascii=False, separators=(",", ":"), allow_nan=False
        )
    except (TypeError, ValueError) as error:
        raise InvalidEventDataError(f"{event.event_type} {event.id}: {error}") from None


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
