"""What is refused, with which words, which field and which fix."""

from __future__ import annotations

import json

import pytest


def _errors(answer, status):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert {"type", "title", "status", "detail", "error"} <= body.keys()
    assert body["status"] == status
    for entry in body.get("errors", []):
        assert entry["field"]
        assert entry["problem"]
        assert entry["fix"]
    return body


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (b'{"name": ', "body"),
        (b"[]", "body"),
        (b"", "body"),
        (b'"text"', "body"),
        (b"{}", "name"),
        (b'{"name": ""}', "name"),
        (b'{"name": 7}', "name"),
        (b'{"name": null}', "name"),
        (b'{"name": "a", "value": "much"}', "value"),
        (b'{"name": "a", "value": -1}', "value"),
        (b'{"name": "a", "value": NaN}', "value"),
        (b'{"name": "a", "value": 1e12}', "value"),
        (b'{"name": "a", "value": 1.234}', "value"),
        (b'{"name": "a", "status": "Lost"}', "status"),
        (b'{"name": "a", "colour": "red"}', "colour"),
        (b'{"name": "a", "card_order": 0}', "card_order"),
        (b'{"name": "a", "services": "AI"}', "services"),
    ],
)
def test_a_body_that_is_no_lead(crm, content, field):
    answer = crm.call(
        "POST", "/leads/", content=content, headers={"content-type": "application/json"}
    )
    body = _errors(answer, 400)
    assert body["error"] == "Failed to create lead"
    assert field in [entry["field"] for entry in body["errors"]]
    assert not crm.tables.items


def test_an_unknown_column_is_told_the_columns(crm):
    body = _errors(crm.call("POST", "/leads", json={"name": "a", "status": "Lost"}), 400)
    assert "Meeting booked" in body["errors"][0]["fix"]


def test_bytes_that_are_no_text(crm):
    answer = crm.call(
        "POST", "/leads", content=b'{"name": "\xff"}', headers={"content-type": "application/json"}
    )
    assert 400 <= answer.status_code < 500


def test_the_words_of_the_status_endpoint(crm):
    lead = crm.create()
    path = f"/leads/{lead['id']}/status/"
    assert _errors(crm.call("PUT", path, json={}), 400)["error"] == "Status is required"
    wrong = _errors(crm.call("PUT", path, json={"status": "Lost"}), 400)
    assert wrong["error"] == "Failed to update lead status"
    absent = _errors(crm.call("PUT", "/leads/x/status/", json={"status": "Interest"}), 404)
    assert absent["error"] == "Lead not found"


def test_the_words_of_an_update(crm):
    lead = crm.create()
    body = _errors(crm.call("PUT", f"/leads/{lead['id']}", json={"value": "x"}), 400)
    assert body["error"] == "Failed to update lead"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/leads/{id}"),
        ("PUT", "/leads/{id}"),
        ("DELETE", "/leads/{id}"),
        ("PUT", "/leads/{id}/status"),
        ("GET", "/leads/{id}/timeline"),
    ],
)
def test_a_lead_of_another_tenant_is_not_there(crm, method, path):
    lead = crm.create()
    body = {"status": "Interest"} if path.endswith("status") else {"name": "stolen"}
    answer = crm.call(
        method,
        path.format(id=lead["id"]),
        tenant="other",
        **({"json": body} if method == "PUT" else {}),
    )
    assert _errors(answer, 404)["error"] == "Lead not found"
    assert crm.call("GET", f"/leads/{lead['id']}").json() == lead
    assert all(not cards for cards in crm.call("GET", "/leads", tenant="other").json().values())


def test_an_oversized_body_declared_or_not(crm):
    big = json.dumps({"name": "a", "notes": "x" * 30_000}).encode()
    _errors(crm.call("POST", "/leads", content=big), 413)

    async def chunks():
        for start in range(0, len(big), 1_000):
            yield big[start : start + 1_000]

    _errors(crm.call("POST", "/leads", content=chunks()), 413)
    assert not crm.tables.items


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "!!!", "ä", "A" * 200])
def test_a_cursor_that_is_none(crm, cursor):
    params = {"status": "Interest", "cursor": cursor}
    body = _errors(crm.call("GET", "/leads", params=params), 400)
    assert body["errors"][0]["field"] == "cursor"


def test_a_cursor_belongs_to_its_tenant_and_its_list(crm):
    for name in "abc":
        crm.create(name)
    page = crm.call("GET", "/leads", params={"status": "Interest", "limit": 1})
    cursor = json.loads(page.headers["X-Board-Cursors"])["Interest"]
    for tenant, status in (("other", "Interest"), ("acme", "Closed win")):
        params = {"status": status, "cursor": cursor}
        _errors(crm.call("GET", "/leads", tenant=tenant, params=params), 400)
    _errors(crm.call("GET", "/leads", params={"cursor": cursor}), 400)


def test_a_column_that_does_not_exist(crm):
    _errors(crm.call("GET", "/leads", params={"status": "Lost"}), 400)


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.nip.example"]
)
def test_an_unknown_host(crm, host):
    assert _errors(crm.call("GET", "/leads", host=host), 400)["errors"][0]["field"] == "Host"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST:1"])
def test_a_known_host(crm, host):
    assert crm.call("GET", "/leads", host=host).status_code == 200


def test_pages_of_known_origins_may_call_with_credentials(crm):
    for origin in ("http://localhost:3000", "http://127.0.0.1:5173"):
        ask = {
            "Origin": origin,
            "Access-Control-Request-Method": "PUT",
            "Access-Control-Request-Headers": "If-Match,Idempotency-Key",
        }
        answer = crm.call("OPTIONS", "/leads/", tenant=None, headers=ask)
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == origin
        assert answer.headers["access-control-allow-credentials"] == "true"
    foreign = crm.call("GET", "/leads", headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in foreign.headers


def test_nobody_without_a_principal(crm):
    _errors(crm.call("GET", "/leads", tenant=None), 401)


@pytest.mark.parametrize(
    ("role", "allowed"),
    [("admin", "GPUD"), ("manager", "GPU"), ("sales_rep", "GPU"), ("user", "G")],
)
def test_a_role_may_do_what_its_row_says(crm, role, allowed):
    lead = crm.create()
    path = f"/leads/{lead['id']}"
    calls = {
        "G": ("GET", path, {}),
        "P": ("POST", "/leads", {"json": {"name": "b"}}),
        "U": ("PUT", path, {"json": {"name": "c"}}),
        "D": ("DELETE", path, {}),
    }
    for letter, (method, where, how) in calls.items():
        status = crm.call(method, where, role=role, **how).status_code
        assert (status != 403) == (letter in allowed), (role, method)


def test_unknown_paths_and_methods(crm):
    _errors(crm.call("GET", "/nowhere"), 404)
    _errors(crm.call("PATCH", "/leads"), 405)


def test_a_large_answer_is_compressed(crm):
    for name in range(10):
        crm.create(str(name), notes="long " * 100)
    answer = crm.call("GET", "/leads", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"


def test_something_unexpected_is_logged_and_answered_without_its_text(crm):
    def fail(writes):
        raise RuntimeError("secret detail")

    crm.tables.before_transact = fail
    answer = crm.call("POST", "/leads", json={"name": "a"})
    assert _errors(answer, 500)
    assert "secret" not in answer.text
