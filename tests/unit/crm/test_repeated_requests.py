"""Idempotency keys and named versions."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from shared.platform.tables import TransactionRefusedError


def test_a_request_that_comes_again_gets_the_first_answer(crm):
    key = {"Idempotency-Key": "k-1"}
    first = crm.call("POST", "/leads/", json={"name": "a"}, headers=key)
    again = crm.call("POST", "/leads", json={"name": "a"}, headers=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["ETag"] == first.headers["ETag"]
    assert crm.column() == ["a"]


def test_a_key_for_another_request_is_refused(crm):
    key = {"Idempotency-Key": "k-1"}
    crm.call("POST", "/leads", json={"name": "a"}, headers=key)
    other = crm.call("POST", "/leads", json={"name": "b"}, headers=key)
    assert other.status_code == 422
    assert other.json()["errors"][0]["field"] == "Idempotency-Key"


def test_a_key_is_its_callers_alone(crm):
    key = {"Idempotency-Key": "k-1"}
    crm.call("POST", "/leads", json={"name": "a"}, headers=key)
    other = crm.call("POST", "/leads", json={"name": "a"}, headers=key, tenant="other")
    assert "Idempotency-Replayed" not in other.headers


def test_a_key_is_forgotten_after_a_day(crm):
    key = {"Idempotency-Key": "k-1"}
    crm.call("POST", "/leads", json={"name": "a"}, headers=key)
    crm.clock.move(hours=25)
    crm.tables.items = {k: v for k, v in crm.tables.items.items() if k[0] != "inbox"}
    assert crm.call("POST", "/leads", json={"name": "b"}, headers=key).status_code == 201


def test_deletes_and_moves_may_come_again_too(crm):
    lead = crm.create()
    move = {"status": "Closed win"}
    for _ in range(2):
        answer = crm.call(
            "PUT", f"/leads/{lead['id']}/status", json=move, headers={"Idempotency-Key": "m"}
        )
        assert (answer.status_code, answer.json()["version"]) == (200, 2)
    for _ in range(2):
        answer = crm.call("DELETE", f"/leads/{lead['id']}", headers={"Idempotency-Key": "d"})
        assert answer.status_code == 204


def test_two_at_once_with_one_key_are_one(crm):
    """The key is looked up before the other one wrote it, and refused by the transaction."""
    held = []

    def once(writes):
        if not held:
            held.append(True)
            crm.call("POST", "/leads", json={"name": "a"}, headers={"Idempotency-Key": "k"})

    def inner(writes):
        with ThreadPoolExecutor(1) as pool:
            pool.submit(once, writes).result()

    crm.tables.before_transact = inner
    answer = crm.call("POST", "/leads", json={"name": "a"}, headers={"Idempotency-Key": "k"})
    assert answer.headers["Idempotency-Replayed"] == "true"
    assert crm.column() == ["a"]


def test_a_named_version_guards_a_change(crm):
    lead = crm.create()
    path = f"/leads/{lead['id']}"
    assert crm.call("PUT", path, json={"value": 1}, headers={"If-Match": '"1"'}).status_code == 200
    stale = crm.call("PUT", path, json={"value": 2}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert stale.json()["current"]["version"] == 2
    assert stale.headers["ETag"] == '"2"'
    assert crm.call("DELETE", path, headers={"If-Match": '"1"'}).status_code == 412
    assert crm.call("DELETE", path, headers={"If-Match": "*"}).status_code == 204


def test_a_version_that_is_none(crm):
    lead = crm.create()
    answer = crm.call("PUT", f"/leads/{lead['id']}", json={}, headers={"If-Match": "latest"})
    assert answer.json()["errors"][0]["field"] == "If-Match"


def test_a_writer_who_was_overtaken_decides_anew(crm):
    lead = crm.create()
    overtaken = []

    def overtake(writes):
        if not overtaken:
            overtaken.append(True)
            for item in crm.tables.items.values():
                if item.get("id") == lead["id"]:
                    item["version"] += 1

    crm.tables.before_transact = overtake
    answer = crm.call("PUT", f"/leads/{lead['id']}", json={"value": 5})
    assert (answer.status_code, answer.json()["version"]) == (200, 3)


def test_contention_without_end_is_said(crm):
    lead = crm.create()

    def refuse(writes):
        raise TransactionRefusedError(["version"])

    crm.tables.before_transact = refuse
    answer = crm.call("PUT", f"/leads/{lead['id']}", json={"value": 5})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "1"
