"""The audit: identity's changes and refusals, of one tenant at a time."""

from __future__ import annotations

from datetime import timedelta


def entries(identity, bearer, **query):
    answer = identity.call("GET", "/auth/audit/", bearer, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def told(found):
    return [(entry["action"], entry["outcome"]) for entry in found["entries"]]


def test_changes_are_written_with_who_made_them(identity):
    admin = identity.register()
    made = identity.post("/auth/api-keys/", admin["bearer"], name="k", scopes=["leads:view"])
    identity.clock.now += timedelta(seconds=1)
    key = made.json()["id"]
    assert identity.call("DELETE", f"/auth/api-keys/{key}/", admin["bearer"]).status_code == 200
    identity.clock.now += timedelta(seconds=1)
    changed = identity.call("PUT", "/auth/tenant/", admin["bearer"], json={"currency": "EUR"})
    assert changed.status_code == 200
    found = entries(identity, admin["bearer"])
    assert told(found) == [
        ("tenant.changed", "done"), ("key.revoked", "done"), ("key.created", "done")]  # fmt: skip
    assert {entry["actor"] for entry in found["entries"]} == {admin["user"]["id"]}
    assert found["entries"][0]["facts"] == {"fields": "currency"}
    assert found["entries"][1]["target"] == key
    assert made.json()["key"] not in str(found)


def test_pages_go_on_where_the_last_one_ended(identity):
    admin = identity.register()
    for number in range(5):
        identity.clock.now += timedelta(seconds=1)
        identity.call("PUT", "/auth/tenant/", admin["bearer"], json={"name": f"Acme {number}"})
    first = entries(identity, admin["bearer"], limit=3)
    second = entries(identity, admin["bearer"], limit=3, before=first["before"])
    assert (len(first["entries"]), len(second["entries"]), second["before"]) == (3, 2, None)
    ids = [entry["id"] for entry in first["entries"] + second["entries"]]
    assert ids == sorted(set(ids), reverse=True)


def test_a_refusal_is_written_once_a_minute(identity):
    admin = identity.register()
    made = identity.post("/auth/api-keys/", admin["bearer"], name="k", scopes=["leads:view"])
    key = f"Api-Key {made.json()['key']}"
    for _ in range(5):
        assert identity.call("GET", "/auth/members/", key).status_code == 403
    refused = [e for e in entries(identity, admin["bearer"])["entries"] if e["outcome"] != "done"]
    (entry,) = refused
    assert (entry["actor"], entry["action"]) == (made.json()["id"], "members:view")
    assert entry["target"] == "GET /auth/members/"
    identity.clock.now += timedelta(minutes=1)
    identity.call("GET", "/auth/members/", key)
    found = entries(identity, admin["bearer"])["entries"]
    assert sum(entry["outcome"] == "refused" for entry in found) == 2


def test_nobody_sees_the_audit_of_another_tenant(identity):
    admin, other = identity.register(), identity.register("eve@other.example", tenant_name="Other")
    identity.call("PUT", "/auth/tenant/", admin["bearer"], json={"name": "New"})
    assert entries(identity, other["bearer"])["entries"] == []
