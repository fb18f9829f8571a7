"""What stands in `Authorization`, turned into a principal: the one place that does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shared.identity.api_keys import ApiKeys
from shared.identity.errors import DeniedError
from shared.identity.membership import Members
from shared.identity.principal import Principal
from shared.identity.tokens import Verifier

LONGEST: Final = 8_000
"""Characters; more is no credential of anybody."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Both kinds: `Bearer <token of the pool>` and `Api-Key mr_…`."""

    verifier: Verifier
    members: Members
    keys: ApiKeys

    def principal(self, authorization: str) -> Principal:
        """Who calls.

        Raises:
            DeniedError: the credentials prove nothing.
        """
        scheme, _, given = authorization.strip().partition(" ")
        given = given.strip()
        if not given or len(given) > LONGEST:
            raise DeniedError("no credentials that can be read")
        match scheme.lower():
            case "bearer":
                return self.members.principal(self.verifier.bearer(given))
            case "api-key":
                return self.keys.principal(given)
            case _:
                raise DeniedError("neither a bearer token nor a key")
