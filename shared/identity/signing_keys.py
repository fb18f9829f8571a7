"""The pool's public keys: kept for a while, asked for again when a token names an unknown one."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import jwt

from shared.identity.errors import DeniedError

KEPT_SECONDS: Final = 3600.0
"""After which a key that the pool gave up is known no more."""
AGAIN_SECONDS: Final = 60.0
"""Between two requests for unknown keys: a stranger's tokens must not make us ask each time."""


class SigningKeys:
    """The key set behind one address.

    A set that cannot be fetched leaves the old one in force until its time is up; then every
    token is denied.
    """

    def __init__(
        self, fetch: Callable[[], Mapping[str, Any]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._keys: dict[str, Any] = {}
        self._fetched = self._asked = -KEPT_SECONDS

    def key_of(self, token: str) -> Any:
        """The key that a token says it was signed with.

        Raises:
            DeniedError: the pool has no such key, or does not tell.
            jwt.PyJWTError: the token's header cannot be read.
        """
        kid = str(jwt.get_unverified_header(token).get("kid"))
        now = self._clock()
        if now - self._fetched >= KEPT_SECONDS:
            self._keys = {}
            self._renew(now)
        elif kid not in self._keys and now - self._asked >= AGAIN_SECONDS:
            self._renew(now)
        if kid not in self._keys:
            raise DeniedError("signed with a key that the pool does not have")
        return self._keys[kid]

    def _renew(self, now: float) -> None:
        self._asked = now
        try:
            found = jwt.PyJWKSet.from_dict(dict(self._fetch()))
        except (jwt.PyJWTError, OSError) as error:
            raise DeniedError(f"the pool's keys are out of reach: {type(error).__name__}") from None
        self._keys = {str(key.key_id): key.key for key in found.keys if key.key_type == "RSA"}
        self._fetched = now
