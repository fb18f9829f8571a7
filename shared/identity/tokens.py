"""Bearer tokens: whose they are, if they are genuine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jwt

KeyOf = Callable[[str], Any]
"""Finds the public key of a token; raises jwt.PyJWTError if there is none."""


class DeniedError(Exception):
    """The credentials prove nothing; the message says why, for the log alone."""


class Verifier:
    """Verifies access tokens of one user pool and client."""

    def __init__(self, key_of: KeyOf, issuer: str, client_id: str) -> None:
        self._key_of = key_of
        self._issuer = issuer
        self._client_id = client_id

    def subject(self, authorization: str) -> str:
        """Who the bearer is.

        Raises:
            DeniedError: not a bearer token, or not genuine, or not for us, or expired.
        """
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise DeniedError("no bearer token")
        try:
            key = self._key_of(token)
            claims = jwt.decode(
                token,
                key,
                algorithms=["RS256"],
                issuer=self._issuer,
                # Cognito's access tokens carry client_id instead of an audience.
                options={"verify_aud": False, "require": ["exp", "iss", "sub"]},
            )
        except jwt.PyJWTError as error:
            raise DeniedError(f"{type(error).__name__}: {error}") from None
        if claims.get("token_use") != "access" or claims.get("client_id") != self._client_id:
            raise DeniedError("not an access token of this client")
        return str(claims["sub"])
