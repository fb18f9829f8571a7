"""Bearer tokens: genuine, for us, not expired, by a member. Everything else is denied."""

from __future__ import annotations

import time

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shared.identity.errors import DeniedError
from shared.identity.membership import Members
from shared.identity.principal import Principal
from shared.identity.tokens import Bearer
from shared.platform.tables import Put
from tests.fakes.tables import MemoryTables
from tests.fakes.tokens import CLIENT, KEY, OTHER_KEY, signed, verifier

PUBLIC = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def hs256(secret: bytes) -> str:
    """A token whose header says HS256, by the name of a key of the pool."""
    algorithm = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    head, body, _ = signed().split(".")
    head = jwt.utils.base64url_encode(b'{"alg":"HS256","kid":"k1","typ":"JWT"}').decode()
    # What the library refuses to sign with, an attacker computes.
    signature = algorithm.sign(f"{head}.{body}".encode(), secret)
    return f"{head}.{body}.{jwt.utils.base64url_encode(signature).decode()}"


@pytest.mark.parametrize(
    "token",
    [
        signed,
        lambda: signed(token_use="id", aud=CLIENT, client_id=None),
        lambda: signed(exp=time.time() - 5),
        lambda: signed(nbf=time.time() + 5),
    ],
    ids=["access", "id", "expired within the leeway", "not yet, within the leeway"],
)
def test_a_genuine_token(token):
    assert verifier().bearer(token()).subject == "u1"


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        (lambda: "x.y.z", "DecodeError"),
        (lambda: signed(exp=time.time() - 60), "ExpiredSignatureError"),
        (lambda: signed(nbf=time.time() + 60), "ImmatureSignatureError"),
        (lambda: signed(iat=time.time() + 60), "ImmatureSignatureError"),
        (lambda: signed(OTHER_KEY), "InvalidSignatureError"),
        (lambda: signed(iss="https://other"), "InvalidIssuerError"),
        (lambda: signed(client_id="other"), "another client"),
        (lambda: signed(client_id=None), "another client"),
        (lambda: signed(token_use="id"), "another client"),
        (lambda: signed(token_use="id", aud="other"), "another client"),
        (lambda: signed(token_use="refresh"), "neither an access nor an id token"),
        (lambda: signed(token_use=None), "neither an access nor an id token"),
        (lambda: signed(sub=None), "MissingRequiredClaimError"),
        (lambda: signed(exp=None), "MissingRequiredClaimError"),
        (lambda: signed(iss=None), "MissingRequiredClaimError"),
        (lambda: signed(kid="k2"), "a key that the pool does not have"),
        (lambda: signed(None, algorithm="none"), "InvalidAlgorithmError"),
        (
            lambda: signed("a shared secret that is long enough to be one", algorithm="HS256"),
            "Algorithm",
        ),
        (lambda: hs256(PUBLIC), "InvalidAlgorithmError"),
        (lambda: signed(algorithm="RS512"), "InvalidAlgorithmError"),
    ],
)
def test_everything_else_is_denied(token, reason):
    with pytest.raises(DeniedError, match=reason):
        verifier().bearer(token())


def test_a_changed_claim_breaks_the_signature():
    head, _, signature = signed().split(".")
    body = signed(sub="admin").split(".")[1]
    with pytest.raises(DeniedError, match="InvalidSignatureError"):
        verifier().bearer(f"{head}.{body}.{signature}")


def test_membership_is_our_row():
    tables = MemoryTables()
    members = Members(tables, "identity")
    with pytest.raises(DeniedError, match="no tenant"):
        members.principal(Bearer("u1", 100))
    row = {"pk": "user#u1", "sk": "membership", "tenant": "acme", "role": "manager"}
    tables.transact([Put("identity", row)])
    assert members.principal(Bearer("u1", 100)) == Principal("acme", "u1", "manager")
    tables.transact([Put("identity", {**row, "kind": "key", "scopes": "keys:add"})])
    assert members.principal(Bearer("u1", 100)).kind == "user"
    tables.transact([Put("identity", {**row, "role": "emperor"})])
    with pytest.raises(DeniedError):
        members.principal(Bearer("u1", 100))


def test_tokens_of_before_all_sessions_were_ended():
    tables = MemoryTables()
    row = {"pk": "user#u1", "sk": "membership", "tenant": "acme", "role": "user"}
    tables.transact([Put("identity", {**row, "valid_from": 100})])
    members = Members(tables, "identity")
    assert members.principal(Bearer("u1", 100))
    with pytest.raises(DeniedError, match="ended the session"):
        members.principal(Bearer("u1", 99))
