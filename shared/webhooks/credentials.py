"""What is secret about an endpoint: the keys that sign, and the values of its headers.

All of it is one secret. A secret never changes: each change is a new one under a new name, which
is written before the row that names it; the old one is removed after.
"""

from __future__ import annotations

import base64
import json
import secrets as random_secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from shared.platform.clock import iso

OVERLAP: Final = timedelta(hours=24)
"""For how long a secret that was replaced still signs."""
MOST_KEYS: Final = 4
"""Signatures of one delivery at most."""
_BYTES: Final = 32
_PREFIX: Final = "whsec_"


@dataclass(frozen=True, slots=True)
class Credentials:
    """Keys, the newest first, each with the moment it ends; and headers."""

    keys: tuple[tuple[str, str | None], ...]
    headers: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Credentials({len(self.keys)} keys, {len(self.headers)} headers)"

    @property
    def key(self) -> str:
        """The newest one."""
        return self.keys[0][0]

    def alive(self, now: datetime) -> list[str]:
        """The keys that sign at a moment."""
        return [key for key, until in self.keys if until is None or until > iso(now)]

    def rotated(self, now: datetime, overlap: timedelta = OVERLAP) -> Credentials:
        """With a new key; those before it end after the overlap, or when they were to end."""
        ends = iso(now + overlap)
        old = [(key, min(until or ends, ends)) for key, until in self.keys]
        kept = [(key, until) for key, until in old if until > iso(now)]
        return Credentials(((new_key(), None), *kept[: MOST_KEYS - 1]), self.headers)

    def with_headers(self, headers: Mapping[str, str]) -> Credentials:
        """With other headers."""
        return Credentials(self.keys, dict(headers))

    def to_text(self) -> str:
        """As it is kept."""
        return json.dumps({"keys": self.keys, "headers": dict(self.headers)})

    @classmethod
    def of(cls, text: str) -> Credentials:
        """The inverse of `to_text`."""
        read = json.loads(text)
        return cls(tuple((key, until) for key, until in read["keys"]), read["headers"])

    def hidden(self, text: str) -> str:
        """A text without what is secret, should a receiver send it back."""
        for value in (*(key for key, _ in self.keys), *self.headers.values()):
            text = text.replace(value, "…") if len(value) >= 4 else text
            text = text.replace(value.removeprefix(_PREFIX), "…") if len(value) >= 12 else text
        return text


def new_key() -> str:
    """A new key, as Standard Webhooks writes it."""
    return _PREFIX + base64.b64encode(random_secrets.token_bytes(_BYTES)).decode()
