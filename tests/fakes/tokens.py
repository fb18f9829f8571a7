"""A user pool's tokens without a pool."""

from __future__ import annotations

import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from shared.identity.signing_keys import SigningKeys
from shared.identity.tokens import Verifier

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CLIENT = "client"
ISSUER = "https://pool"


def key_set(*kids: str) -> dict[str, Any]:
    """What the pool serves as its public keys."""
    shown = jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True)
    return {"keys": [{**shown, "kid": kid, "alg": "RS256", "use": "sig"} for kid in kids]}


def verifier() -> Verifier:
    """What verifies the tokens that are `signed` here."""
    return Verifier(SigningKeys(lambda: key_set("k1")).key_of, ISSUER, CLIENT)


def signed(key: Any = KEY, *, algorithm: str = "RS256", kid: str = "k1", **claims: Any) -> str:
    """A token; a claim that is None is left out."""
    given = {
        "sub": "u1", "iss": ISSUER, "client_id": CLIENT, "token_use": "access",
        "iat": time.time() - 1, "exp": time.time() + 60,
    } | claims  # fmt: skip
    kept = {name: value for name, value in given.items() if value is not None}
    return jwt.encode(kept, key, algorithm, headers={"kid": kid})
