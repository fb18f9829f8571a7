"""Who gets in, through the gateway, the authorizer, and the pool, as a client sees it."""

from __future__ import annotations

import json
import uuid

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from moto.cognitoidp.models import cognitoidp_backends
from moto.ses.models import ses_backends

from local.blueprint import ACCOUNT, REGION
from tests.e2e.conftest import Running, mailed

PASSWORD = "Correct-horse-7"

pytestmark = pytest.mark.xdist_group("identity")


class Caller:
    """Somebody with credentials."""

    def __init__(self, running: Running, authorization: str) -> None:
        self._running = running
        self._headers = {"Authorization": authorization}

    def __call__(self, method: str, path: str, **how):
        url = f"{self._running.url}{path}"
        return self._running.http.request(method, url, headers=self._headers, timeout=30, **how)


def post(running, path: str, **body):
    return running.http.post(f"{running.url}{path}", json=body, timeout=30)


def register(running, **more) -> dict:
    email = f"{uuid.uuid4().hex}@acme.example"
    body = {"email": email, "password": PASSWORD, "tenant_name": "Acme", **more}
    answer = post(running, "/auth/register/", **body)
    assert answer.status_code == 201, answer.text
    return {**answer.json(), "email": email}


def bearer(running, told: dict) -> Caller:
    return Caller(running, f"Bearer {told['access_token']}")


def join(running, admin: Caller, role: str) -> dict:
    email = f"{uuid.uuid4().hex}@acme.example"
    assert admin("POST", "/auth/invitations/", json={"email": email, "role": role}).ok
    body = {"token": mailed(email), "name": "Al", "password": PASSWORD}
    user = post(running, "/auth/invitations/accept/", **body).json()
    return {**post(running, "/auth/login/", email=email, password=PASSWORD).json(), "user": user}


def test_a_new_tenant_from_its_registration_to_its_first_lead(running):
    told = register(running, name="Jo March")
    jo = bearer(running, told)
    assert jo("GET", "/auth/me/").json()["tenant"]["name"] == "Acme"
    assert jo("POST", "/leads/", json={"name": "First"}).json()["owner_id"] == told["user"]["id"]
    names = [lead["name"] for lead in jo("GET", "/leads/").json()["Interest"]]
    assert names == ["First"], "of this tenant and no other"


def test_a_new_user_runs_through_the_pipeline(running):
    told = register(running, name="Jo March")
    jo = bearer(running, told)
    path = "/pipelines/user_pipeline/runs/"
    (run,) = running.eventually(lambda: jo("GET", path).json()["runs"], seconds=60)
    assert run["result"]["status"] == "new_user_setup_complete"
    assert run["result"]["profile"]["initials"] == "JM"
    sent = [m.subject for m in ses_backends[ACCOUNT][REGION].sent_messages]
    assert "Welcome to Acme" in sent


def tokens(running, told: dict) -> dict[str, str]:
    """Tokens that nobody may get in with, by what is wrong with them."""
    (pool,) = cognitoidp_backends[ACCOUNT][REGION].user_pools.values()
    client = running.platform.deployment.attribute("UserPoolClient", "Ref")
    claims = jwt.decode(told["access_token"], options={"verify_signature": False})
    head = {"kid": "dummy"}
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = jwt.PyJWK(pool.json_web_key.as_dict(private=False)).key
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    real, body, _ = told["access_token"].split(".")
    forged = jwt.utils.base64url_encode(json.dumps({"alg": "HS256", "kid": "dummy"}).encode())
    message = f"{forged.decode()}.{body}"
    hmac = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    mac = jwt.utils.base64url_encode(hmac.sign(message.encode(), pem)).decode()
    return {
        "expired": pool.create_jwt(client, told["email"], "access", expires_in=-60)[0],
        "of another client": pool.create_jwt("other", told["email"], "access")[0],
        "an id token of another client": pool.create_jwt("other", told["email"], "id")[0],
        "signed by a stranger": jwt.encode(claims, stranger, "RS256", headers=head),
        "unsigned": jwt.encode(claims, None, "none", headers=head),
        "signature cut off": f"{real}.{body}.",
        "HS256 with the public key": f"{message}.{mac}",
        "of another issuer": of_another_issuer(pool, client, told["email"]),
        "of an unknown key": jwt.encode(claims, stranger, "RS256", headers={"kid": "other"}),
        "no token": "x",
    }


def of_another_issuer(pool, client: str, email: str) -> str:
    pool.region = "eu-west-1"
    try:
        return pool.create_jwt(client, email, "access")[0]
    finally:
        pool.region = REGION


def test_tokens_that_are_not_genuine(running):
    told = register(running)
    found = {
        name: Caller(running, f"Bearer {token}")("GET", "/auth/me/").status_code
        for name, token in tokens(running, told).items()
    }
    assert set(found.values()) == {403}, found
    assert bearer(running, told)("GET", "/auth/me/").status_code == 200


def test_nothing_of_a_credential_is_logged(running, capfd):
    secret = "mr_0123456789abcdef_" + "s" * 43
    assert Caller(running, f"Api-Key {secret}")("GET", "/leads/").status_code == 403
    said = "".join(capfd.readouterr())
    assert "s" * 43 not in said


def test_a_key_of_the_api(running):
    jo = bearer(running, register(running))
    body = {"name": "robot", "scopes": ["leads:view"]}
    made = jo("POST", "/auth/api-keys/", json=body).json()
    robot = Caller(running, f"Api-Key {made['key']}")
    assert robot("GET", "/leads/").status_code == 200
    refused = robot("POST", "/leads/", json={"name": "x"})
    assert refused.status_code == 403
    assert "leads:add" in refused.json()["detail"]
    assert robot("GET", "/auth/api-keys/").status_code == 403
    assert jo("DELETE", f"/auth/api-keys/{made['id']}/").ok
    # The gateway keeps the answer of before for up to a minute, by credentials as they were sent.
    fresh = Caller(running, f"api-key  {made['key']}")
    assert fresh("GET", "/leads/").status_code == 403


def test_a_membership_that_ends_while_its_tokens_live(running):
    jo = bearer(running, register(running))
    told = join(running, jo, "sales_rep")
    al = bearer(running, told)
    assert al("GET", "/leads/").status_code == 200
    assert jo("DELETE", f"/auth/members/{told['user']['id']}/").status_code == 204
    assert al("GET", "/leads/").status_code == 200, "kept by the gateway for up to a minute"
    other = Caller(running, f"Bearer {told['id_token']}")
    assert other("GET", "/leads/").status_code == 403, "asked anew, the authorizer denies"
    assert post(running, "/auth/refresh/", refresh=told["refresh"]).status_code == 401


def test_a_refresh_token_that_was_stolen(running):
    told = register(running)
    mine = post(running, "/auth/refresh/", refresh_token=told["refresh_token"])
    assert mine.status_code == 200
    assert bearer(running, mine.json())("GET", "/auth/me/").status_code == 200
    assert post(running, "/auth/refresh/", refresh_token=told["refresh_token"]).status_code == 401
    now = mine.json()["refresh_token"]
    assert post(running, "/auth/refresh/", refresh_token=now).status_code == 401


def test_a_forgotten_password(running):
    told = register(running)
    answers = {
        post(running, "/auth/forgot-password/", email=email).text
        for email in (told["email"], "nobody@acme.example")
    }
    assert len(answers) == 1
    body = {"token": mailed(told["email"]), "new_password": "Another-horse-9"}
    assert post(running, "/auth/reset-password/", **body).status_code == 200
    old = post(running, "/auth/login/", email=told["email"], password=PASSWORD)
    assert old.status_code == 401
    new = post(running, "/auth/login/", email=told["email"], password="Another-horse-9")
    assert bearer(running, new.json())("GET", "/auth/me/").status_code == 200


@pytest.mark.parametrize("path", ["/api/auth/login", "/api/auth/login/", "/auth/login"])
def test_paths_and_bodies_of_older_systems(running, path):
    told = register(running, username=f"jo-{uuid.uuid4().hex[:8]}")
    body = {"username": told["email"], "password": PASSWORD, "remember_me": True}
    answer = post(running, path, **body)
    assert answer.status_code == 200
    me = Caller(running, f"Bearer {answer.json()['access']}")
    assert me("GET", "/api/me").json()["email"] == told["email"]


def test_a_preflight_needs_nobody(running):
    asked = {"Origin": "http://localhost:3000", "Access-Control-Request-Method": "POST"}
    for path in ("/auth/login", "/auth/members/", "/api/auth/me", "/api/me"):
        answer = running.http.options(f"{running.url}{path}", headers=asked)
        assert answer.status_code == 200, path
        assert answer.headers["access-control-allow-origin"] == "http://localhost:3000"


def test_the_demo_signs_out_and_is_there_again(running):
    assert running.http.post(f"{running.url}/auth/logout/").status_code == 204
    running.eventually(lambda: running.http.get(f"{running.url}/auth/me/").ok, seconds=10)
