"""Bearer tokens: genuine, for us, not expired, by a member. Everything else is denied."""

from __future__ import annotations

import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from shared.identity.membership import Members
from shared.identity.principal import NotAPrincipalError, Principal
from shared.identity.tokens import DeniedError, Verifier
from shared.platform.tables import Put
from tests.fakes.tables import MemoryTables

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
VERIFIER = Verifier(lambda token: KEY.public_key(), "https://pool", "client")


def _token(key=KEY, algorithm="RS256", **claims):
    given = {
        "sub": "u1", "iss": "https://pool", "client_id": "client", "token_use": "access",
        "exp": time.time() + 60,
    } | claims  # fmt: skip
    return jwt.encode({k: v for k, v in given.items() if v is not None}, key, algorithm)


def test_a_genuine_token():
    assert VERIFIER.subject(f"Bearer {_token()}") == "u1"
    assert VERIFIER.subject(f"bearer {_token()}") == "u1"


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Basic dTpw",
        "Bearer x.y.z",
        f"Bearer {_token(exp=1)}",
        f"Bearer {_token(OTHER)}",
        f"Bearer {_token(iss='https://other')}",
        f"Bearer {_token(client_id='other')}",
        f"Bearer {_token(token_use='id')}",
        f"Bearer {_token(sub=None)}",
        f"Bearer {_token(exp=None)}",
        f"Bearer {jwt.encode({'sub': 'u1'}, None, 'none')}",
        f"Bearer {_token('a shared secret that is long enough', 'HS256')}",
    ],
)
def test_everything_else_is_denied(authorization):
    with pytest.raises(DeniedError):
        VERIFIER.subject(authorization)


def test_membership_is_our_row():
    tables = MemoryTables()
    members = Members(tables, "identity")
    with pytest.raises(DeniedError, match="no tenant"):
        members.principal("u1")
    row = {"pk": "user#u1", "sk": "membership", "tenant": "acme", "role": "manager"}
    tables.transact([Put("identity", row)])
    principal = members.principal("u1")
    assert principal == Principal("acme", "u1", "manager")
    assert Principal.from_context(principal.to_context()) == principal
    tables.transact([Put("identity", {**row, "role": "emperor"})])
    with pytest.raises(DeniedError):
        members.principal("u1")


@pytest.mark.parametrize("missing", ["tenant", "subject", "role"])
def test_half_a_principal_is_none(missing):
    context = Principal("t", "s", "user").to_context()
    del context[missing]
    with pytest.raises(NotAPrincipalError):
        Principal.from_context(context)
