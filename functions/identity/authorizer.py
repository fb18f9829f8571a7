"""The Lambda authorizer of the HTTP API: bearer tokens of the user pool, and keys of the API."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any

from jwt import PyJWKClient
from pydantic import Field

from shared.identity.api_keys import ApiKeys
from shared.identity.credentials import Credentials
from shared.identity.errors import DeniedError
from shared.identity.membership import Members
from shared.identity.signing_keys import SigningKeys
from shared.identity.tokens import Verifier
from shared.platform.aws import client
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
def wired() -> Credentials:
    """What this process verifies with."""
    told = AuthorizerSettings()  # the environment gives them
    tables = DynamoTables()
    # Only its way of fetching: its cache would fetch again for every unknown key.
    fetch = PyJWKClient(told.jwks_url, cache_jwk_set=False, timeout=3).fetch_data
    verifier = Verifier(SigningKeys(fetch).key_of, told.issuer, told.client_id)
    members = Members(tables, told.identity_table)
    return Credentials(verifier, members, ApiKeys(tables, told.identity_table))


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answers API Gateway in the simple format; a denial says why in the log and nowhere else."""
    given = event.get("headers", {}).get("authorization", "")
    try:
        principal = wired().principal(given)
    except DeniedError as error:
        request = event.get("requestContext", {}).get("requestId")
        log.warning("denied", reason=str(error), request=request)
        return {"isAuthorized": False}
    return {"isAuthorized": True, "context": principal.to_context()}


# Every call needs both, and a call has little time: a start has more, and more of the processor.
if "AWS_LAMBDA_RUNTIME_API" in os.environ:
    client("dynamodb")
    wired()
