"""Public forms: a page of anybody's adds leads to one tenant, at the key's rate."""

from __future__ import annotations

import pytest

from shared.identity.principal import Principal
from shared.identity.public_keys import PublicKeys

PAGE = "https://acme.example"


@pytest.fixture
def key(crm):
    keys = PublicKeys(crm.tables, "identity", crm.clock)
    return keys.create(Principal("acme", "jo", "admin"), "Contact", "form", 2, [PAGE]).key


def send(crm, key, origin=PAGE, **fields):
    body = {"name": "Ann", **fields}
    headers = {"Origin": origin} if origin else {}
    return crm.call("POST", f"/forms/{key}/leads/", tenant=None, json=body, headers=headers)


def test_a_form_adds_a_lead_to_the_tenant_of_its_key(crm, key):
    answer = send(crm, key, email="ann@x.example", status="Closed win", card_order=1)
    assert answer.status_code == 201
    assert set(answer.json()) == {"message", "lead_id"}
    lead = crm.call("GET", f"/leads/{answer.json()['lead_id']}/").json()
    assert (lead["name"], lead["source"], lead["status"]) == ("Ann", "Contact", "Interest")
    assert lead["owner_id"] is None
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("origin", ["https://evil.example", None])
def test_other_pages_get_nothing(crm, key, origin):
    assert send(crm, key, origin).status_code == 404
    assert send(crm, "mrpub_" + "0" * 32).status_code == 404


def test_the_rate_of_the_key_holds(crm, key):
    assert [send(crm, key).status_code for _ in range(3)] == [201, 201, 429]


def test_the_key_opens_nothing_else(crm, key):
    for method in ("GET", "PUT", "DELETE"):
        answer = crm.call(method, f"/forms/{key}/leads/", tenant=None, headers={"Origin": PAGE})
        assert answer.status_code == 405
    assert crm.call("GET", "/leads/", tenant=None).status_code == 401


def test_a_preflight_of_any_page_is_answered_without_credentials(crm, key):
    headers = {"Origin": "https://any.example", "Access-Control-Request-Method": "POST"}
    answer = crm.call("OPTIONS", f"/forms/{key}/leads/", tenant=None, headers=headers)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
