"""The authorizer: what a request costs before it reaches its function, with and without caches.

What is measured: the handler as API Gateway calls it, with real tokens (RS256, 2048 bits) and real
keys of the API. DynamoDB and the pool's key set are answered by canned servers on the loopback,
processes of their own; processor time is this process's alone, each call timed by itself, in turns.

token           keys of the pool kept: what nearly every call is
token, no keys  the key set fetched anew: what each call would cost without the authorizer's cache
key             a key of the API: one read for the key, one for when it was last used
bare            one GetItem by boto3: no authorizer that asks whether somebody is still a member
                can do with less

API Gateway keeps an answer for 60 s by the credentials, and asks nobody meanwhile: no call at all.
The first call of a process, imports included, is the row `first`, beside the imports alone.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from collections.abc import Callable
from typing import Any, Final

from benchmarks.canned_dynamodb import canned
from benchmarks.measuring import interleaved, processor_seconds, rounds_asked, table

ISSUER: Final = "https://pool.example"
CLIENT: Final = "client"
_KEY_SET: Final = ""
"""How the canned server calls a request that is none of DynamoDB's."""
_FIRST: Final = "from functions.identity.authorizer import handler"


def main() -> None:
    """Measures and prints."""
    rounds = rounds_asked(__doc__, 300)
    token, key_set = _token()
    secret, row = _api_key()
    member = {"tenant": {"S": "acme"}, "role": {"S": "admin"}, "sub": {"S": "u1"}}
    members = {"GetItem": {"Item": member}, _KEY_SET: key_set}
    keys = {"GetItem": {"Item": row}, "TransactWriteItems": {}}
    with canned(members) as address, canned(keys) as of_keys:
        _settle(address)
        warm = _warm(token, secret, of_keys)
        measured = interleaved(warm, min(rounds, 30)) and interleaved(warm, rounds)
        first = _first(token, max(3, rounds // 30))
    bare = measured["bare"]
    rows = [
        [name, f"{one.median / bare.median:.2f} ({one.least / bare.least:.2f})",
         f"{one.median * 1e6:.0f} ({one.least * 1e6:.0f})"]
        for name, one in measured.items()
    ]  # fmt: skip
    about = f"Python {platform.python_version()}, {rounds} rounds: medians, least in brackets"
    table(f"Authorizer, warm, {about}", ("call", "x bare, CPU", "CPU µs"), rows)
    told = {name: one.least for name, one in first.items()}
    table(
        "Authorizer, first call of a process, least",
        ("until", "x imports", "CPU ms"),
        [[n, f"{s / told['imports']:.2f}", f"{s * 1000:.0f}"] for n, s in told.items()],
    )


def _settle(address: str) -> None:
    os.environ.update(
        IDENTITY_TABLE="identity", ISSUER=ISSUER, CLIENT_ID=CLIENT, JWKS_URL=f"{address}/keys",
        AWS_ENDPOINT_URL=address, AWS_ACCESS_KEY_ID="AKIAEXAMPLE", AWS_SECRET_ACCESS_KEY="example",
        AWS_DEFAULT_REGION="us-east-1", AWS_EC2_METADATA_DISABLED="true",
        POWERTOOLS_SERVICE_NAME="authorizer",
    )  # fmt: skip


def _token() -> tuple[str, dict[str, Any]]:
    import jwt
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    shown = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    now = int(time.time())
    claims = {"sub": "u1", "iss": ISSUER, "client_id": CLIENT, "token_use": "access",
              "iat": now - 1, "exp": now + 3_600}  # fmt: skip
    token = jwt.encode(claims, key, "RS256", headers={"kid": "k1"})
    return token, {"keys": [{**shown, "kid": "k1", "alg": "RS256", "use": "sig"}]}


def _api_key() -> tuple[str, dict[str, Any]]:
    from shared.identity.api_keys import PREFIX
    from shared.identity.secret_tokens import SecretToken

    made = SecretToken.make(PREFIX)
    told = {"hash": made.hash, "tenant": "acme", "role": "admin", "at": "2999-01-01T00:00:00Z",
            "expires_at": "2999-01-01T00:00:00Z"}  # fmt: skip
    row: dict[str, Any] = {name: {"S": value} for name, value in told.items()}
    return str(made), {**row, "scopes": {"L": [{"S": "leads:view"}]}}


def _warm(token: str, secret: str, of_keys: str) -> dict[str, Callable[[], float]]:
    import boto3

    from functions.identity import authorizer
    from shared.identity.api_keys import ApiKeys
    from shared.identity.credentials import Credentials
    from shared.platform import dynamo
    from shared.platform.dynamo import DynamoTables

    bearer, key = _asked(f"Bearer {token}"), _asked(f"Api-Key {secret}")
    dynamodb = boto3.client("dynamodb")
    ours = authorizer.wired()
    signing: Any = getattr(ours.verifier, "_key_of").__self__  # noqa: B009 - what is cached
    allowed = {"isAuthorized": True}

    def of_token() -> None:
        assert authorizer.handler(bearer, None).items() >= allowed.items()

    def without_keys() -> None:
        signing._fetched = signing._asked = -1e9
        of_token()

    own = getattr(dynamo, "client")  # noqa: B009
    with_keys = boto3.client("dynamodb", endpoint_url=of_keys)
    keys = Credentials(ours.verifier, ours.members, ApiKeys(DynamoTables(), "identity"))

    def of_key() -> None:
        setattr(dynamo, "client", lambda *told: with_keys)  # noqa: B010
        try:
            keys.principal(key["headers"]["authorization"])
        finally:
            setattr(dynamo, "client", own)  # noqa: B010

    def bare() -> None:
        row = {"pk": {"S": "user#u1"}, "sk": {"S": "membership"}}
        dynamodb.get_item(TableName="identity", Key=row, ConsistentRead=True)

    sides = {"token": of_token, "token, no keys": without_keys, "key": of_key, "bare": bare}
    return {name: _timed(side) for name, side in sides.items()}


def _timed(side: Callable[[], None]) -> Callable[[], float]:
    def once() -> float:
        used = time.process_time()
        side()
        return time.process_time() - used

    return once


def _first(token: str, rounds: int) -> Any:
    call = f"{_FIRST}; handler({json.dumps(_asked(f'Bearer {token}'))}, None)"
    scripts = {"imports": _FIRST, "first": call}

    def case(script: str) -> Callable[[], float]:
        return lambda: processor_seconds([sys.executable, "-c", script], os.environ)

    return interleaved({name: case(script) for name, script in scripts.items()}, rounds)


def _asked(authorization: str) -> dict[str, Any]:
    return {"headers": {"authorization": authorization}, "requestContext": {"requestId": "r"}}


if __name__ == "__main__":
    main()
