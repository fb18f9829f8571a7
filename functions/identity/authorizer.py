"""The Lambda authorizer of the HTTP API: bearer tokens of the user pool, membership by subject."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from jwt import PyJWKClient
from pydantic import Field

from shared.identity.membership import Members
from shared.identity.tokens import DeniedError, Verifier
from shared.platform.dynamo import DynamoTables
from shared.platform.log import logger
from shared.platform.settings import FunctionSettings

log = logger("authorizer")


class AuthorizerSettings(FunctionSettings):
    """Settings of the authorizer."""

    identity_table: str = Field(description="Table of members, keys and registrations.")
    issuer: str = Field(description="Who must have issued a token: the user pool.")
    jwks_url: str = Field(description="Where the pool's public keys are.")
    client_id: str = Field(description="The app client a token must be for.")


@lru_cache(maxsize=1)
def wired() -> tuple[Verifier, Members]:
    """What this process verifies with."""
    told = AuthorizerSettings()  # the environment gives them
    keys = PyJWKClient(told.jwks_url, cache_keys=True, lifespan=3600, timeout=3)
    verifier = Verifier(keys.get_signing_key_from_jwt, told.issuer, told.client_id)
    return verifier, Members(DynamoTables(), told.identity_table)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answers API Gateway in the simple format; a denial says why in the log and nowhere else."""
    verifier, members = wired()
    try:
        subject = verifier.subject(event.get("headers", {}).get("authorization", ""))
        principal = members.principal(subject)
    except DeniedError as error:
        log.warning("denied", reason=str(error))
        return {"isAuthorized": False}
    return {"isAuthorized": True, "context": principal.to_context()}
