"""Sealing: what is personal in an event is encrypted before it is on the bus.

All personal fields of an event are one box: AES-256-GCM under the tenant's data key, bound to the
tenant, the event and the names of the fields. Timelines keep events in the open, as they keep
leads; bus, archive, queues and event log have the box.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from shared.events.data_keys import DataKeys
from shared.events.envelope import Event, Sealed, part
from shared.events.personal import personal_fields

_NONCE: Final = 12


class BrokenSealError(ValueError):
    """A box that was changed, or is of another event or tenant."""


@dataclass(frozen=True, slots=True)
class Seals:
    """Seals and opens with the keys of tenants."""

    keys: DataKeys

    def seal(self, event: Event) -> Event:
        """The event as it may be on the bus; one without anything personal stays as it is."""
        if event.sealed is not None or event.tenant is None:
            return event
        carried = event.data if event.dataref is None else part(event.data)
        names = tuple(sorted(set(personal_fields(event)) & carried.keys()))
        if not names:
            return event
        key = self.keys.newest(event.tenant)
        hidden = {name: carried[name] for name in names}
        text = json.dumps(hidden, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        nonce = os.urandom(_NONCE)
        box = nonce + _cipher(key.plain).encrypt(nonce, text.encode(), _bound(event, key.id, names))
        return replace(event, sealed=Sealed(key.id, names, base64.b64encode(box).decode()))

    def open(self, event: Event) -> Event:
        """The event with what was sealed; one that nobody sealed stays as it is.

        Raises:
            BrokenSealError: the box is not what was sealed for this event.
            ForgottenKeyError: the tenant's key is gone.
        """
        sealed = event.sealed
        if sealed is None:
            return event
        broken = BrokenSealError(f"{event.event_type} {event.id}: what is sealed was changed")
        if event.tenant is None:
            raise broken
        from cryptography.exceptions import InvalidTag

        key = self.keys.named(event.tenant, sealed.key)
        bound = _bound(event, key.id, sealed.fields)
        try:
            box = base64.b64decode(sealed.box, validate=True)
            text = _cipher(key.plain).decrypt(box[:_NONCE], box[_NONCE:], bound)
        except (InvalidTag, ValueError):
            raise broken from None
        hidden: Mapping[str, Any] = json.loads(text)
        return replace(event, data={**event.data, **hidden})


def _bound(event: Event, key_id: str, names: tuple[str, ...]) -> bytes:
    return json.dumps([event.tenant, event.id, event.event_type, key_id, names]).encode()


def _cipher(key: bytes) -> Any:
    # Most functions never meet a sealed event.
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)
