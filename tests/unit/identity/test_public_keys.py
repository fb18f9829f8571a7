"""Public keys: one purpose, one rate, one tenant, nothing to read."""

from __future__ import annotations

import pytest

from shared.identity.errors import NotFoundError, UnusableError
from shared.identity.principal import Principal
from shared.identity.public_keys import PER_TENANT, PublicKeys
from tests.fakes.tables import MemoryTables

ADMIN = Principal("acme", "jo", "admin")
PAGE = "https://acme.example"


@pytest.fixture
def keys():
    return PublicKeys(MemoryTables(), "identity")


def test_a_key_opens_its_purpose_from_its_pages(keys):
    made = keys.create(ADMIN, "Contact", "form", 30, [PAGE])
    assert keys.find(made.key, "form", PAGE).tenant == "acme"
    for purpose, origin in [("webhook", PAGE), ("form", "https://evil.example"), ("form", None)]:
        with pytest.raises(NotFoundError):
            keys.find(made.key, purpose, origin)
    anywhere = keys.create(ADMIN, "Anywhere", "form", 30, [])
    assert keys.find(anywhere.key, "form", "https://any.example") == anywhere


def test_a_revoked_key_opens_nothing_and_stays_listed(keys):
    made = keys.create(ADMIN, "Contact", "form", 30, [])
    ended = keys.revoke(ADMIN, made.key)
    assert ended.revoked_at
    assert keys.revoke(ADMIN, made.key) == ended
    assert keys.list("acme") == [ended]
    with pytest.raises(NotFoundError):
        keys.find(made.key, "form", None)


@pytest.mark.parametrize("key", ["", "mrpub_", "mrpub_" + "0" * 32, "user#jo", "../x"])
def test_what_is_no_key_opens_nothing(keys, key):
    with pytest.raises(NotFoundError):
        keys.find(key, "form", None)


def test_another_tenant_neither_sees_nor_ends_a_key(keys):
    made = keys.create(ADMIN, "Contact", "form", 30, [])
    with pytest.raises(NotFoundError):
        keys.revoke(Principal("other", "eve", "admin"), made.key)
    assert keys.list("other") == []
    assert keys.find(made.key, "form", None).revoked_at is None


def test_there_is_a_most(keys):
    for number in range(PER_TENANT):
        keys.create(ADMIN, str(number), "form", 30, [])
    with pytest.raises(UnusableError, match="there are 50 keys"):
        keys.create(ADMIN, "one more", "form", 30, [])


def test_the_routes(identity):
    admin = identity.register()
    body = {"name": "Contact", "purpose": "form", "origins": [PAGE], "per_minute": 5}
    made = identity.post("/auth/public-keys/", admin["bearer"], **body)
    assert made.status_code == 201
    key = made.json()["key"]
    listed = identity.call("GET", "/auth/public-keys/", admin["bearer"]).json()["public_keys"]
    assert [one["key"] for one in listed] == [key]
    ended = identity.call("DELETE", f"/auth/public-keys/{key}/", admin["bearer"])
    assert ended.json()["revoked_at"]
    for wrong in ({"origins": ["acme.example/x"]}, {"per_minute": 0}, {"purpose": "read"}):
        answer = identity.post("/auth/public-keys/", admin["bearer"], **{**body, **wrong})
        assert answer.status_code == 400, wrong
