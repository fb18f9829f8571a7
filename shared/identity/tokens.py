"""Bearer tokens: whose they are, if they are genuine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import jwt

from shared.identity.errors import DeniedError

KeyOf = Callable[[str], Any]
"""Finds the public key of a token; raises jwt.PyJWTError if there is none."""

LEEWAY_SECONDS: Final = 10
"""How far the clocks of the pool and of this machine may be apart."""

_AUDIENCE_CLAIM: Final = {"access": "client_id", "id": "aud"}
"""Cognito's access tokens carry client_id instead of an audience."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whose a genuine token is, and when it was issued (in seconds)."""

    subject: str
    issued_at: int


class Verifier:
    """Verifies the access and id tokens of one user pool and client."""

    def __init__(self, key_of: KeyOf, issuer: str, client_id: str) -> None:
        self._key_of = key_of
        self._issuer = issuer
        self._client_id = client_id

    def bearer(self, token: str) -> Bearer:
        """Who the bearer is.

        Raises:
            DeniedError: not genuine, or not for us, or expired, or not valid yet.
        """
        try:
            claims = jwt.decode(
                token,
                self._key_of(token),
                # One algorithm: with any other, a public key could be passed off as a secret.
                algorithms=["RS256"],
                issuer=self._issuer,
                leeway=LEEWAY_SECONDS,
                options={"verify_aud": False, "require": ["exp", "iat", "iss", "sub"]},
            )
        except jwt.PyJWTError as error:
            raise DeniedError(f"{type(error).__name__}: {error}") from None
        claim = _AUDIENCE_CLAIM.get(str(claims.get("token_use")))
        if claim is None:
            raise DeniedError("neither an access nor an id token")
        if claims.get(claim) != self._client_id:
            raise DeniedError("a token of another client")
        return Bearer(str(claims["sub"]), int(claims["iat"]))
