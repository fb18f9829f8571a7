"""Secrets that we make ourselves: `prefix_id_secret`, of which only the id and a hash are kept.

The id finds the row by key; the secret has 256 bits, so that a plain SHA-256 of it tells nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from typing import Final

_FORM: Final = re.compile(r"([a-z]{2,4})_([0-9a-f]{16,32})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class SecretToken:
    """A token in its parts; `str` is what its holder gets, once."""

    prefix: str
    id: str
    secret: str

    def __str__(self) -> str:
        return f"{self.prefix}_{self.id}_{self.secret}"

    def __repr__(self) -> str:
        return f"{self.prefix}_{self.id}_…"

    @property
    def hash(self) -> str:
        """What is stored of it."""
        return hashlib.sha256(self.secret.encode()).hexdigest()

    def fits(self, stored: str) -> bool:
        """Whether a stored hash is of this secret; takes the same time however it differs."""
        return hmac.compare_digest(self.hash, stored)

    @classmethod
    def make(cls, prefix: str, token_id: str | None = None) -> SecretToken:
        """A new secret, for a new id or for one that there is."""
        return cls(prefix, token_id or secrets.token_hex(8), secrets.token_urlsafe(32))

    @classmethod
    def read(cls, text: str, prefix: str) -> SecretToken | None:
        """The token that a text is; None if it is none with this prefix."""
        found = _FORM.fullmatch(text)
        return cls(*found.groups()) if found and found[1] == prefix else None
