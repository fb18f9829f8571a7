"""Invitations, members, roles, keys and settings of a tenant, over HTTP."""

from __future__ import annotations

import pytest

from shared.identity.invitations import KEPT
from tests.unit.identity.conftest import PASSWORD


def accept(identity, token: str, **more):
    body = {"token": token, "name": "Al", "password": PASSWORD, **more}
    return identity.post("/auth/invitations/accept/", **body)


def test_an_invitation_makes_a_member(identity):
    admin = identity.register()
    al = identity.join(admin, "al@acme.example", "sales_rep")
    listed = identity.call("GET", "/auth/members/", al["bearer"]).json()["members"]
    assert [(m["email"], m["role"]) for m in listed] == [
        ("jo@acme.example", "admin"),
        ("al@acme.example", "sales_rep"),
    ]
    (invitation,) = identity.call("GET", "/auth/invitations/", admin["bearer"]).json()[
        "invitations"
    ]
    assert invitation["state"] == "accepted"
    assert identity.events()[-1][0] == "user.created"
    assert accept(identity, identity.mailed()).status_code == 400, "for one use"


def test_an_invitation_has_its_time(identity):
    admin = identity.register()
    identity.post("/auth/invitations/", admin["bearer"], email="al@acme.example")
    identity.clock.move(seconds=KEPT.total_seconds())
    assert accept(identity, identity.mailed()).status_code == 400
    (membership,) = [i for i in identity.tables.all("identity") if i["sk"] == "membership"]
    (listed,) = identity.app.state.services.invitations.list(membership["tenant"])
    assert listed.state == "expired"


def test_an_invitation_that_was_taken_back(identity):
    admin = identity.register()
    made = identity.post("/auth/invitations/", admin["bearer"], email="al@acme.example").json()
    path = f"/auth/invitations/{made['id']}/"
    assert identity.call("DELETE", path, admin["bearer"]).json()["state"] == "revoked"
    assert accept(identity, identity.mailed()).status_code == 400
    assert identity.call("DELETE", "/auth/invitations/x/", admin["bearer"]).status_code == 404


def test_two_accept_one_invitation_at_once(identity):
    admin = identity.register()
    identity.post("/auth/invitations/", admin["bearer"], email="al@acme.example")
    token, statuses = identity.mailed(), []

    def faster(writes):
        identity.tables.before_transact = lambda writes: None
        statuses.append(accept(identity, token).status_code)

    identity.tables.before_transact = faster
    statuses.append(accept(identity, token).status_code)
    assert statuses == [201, 400]


def test_nobody_is_a_member_of_two_tenants(identity):
    identity.register()
    other = identity.register("bo@other.example")
    identity.post("/auth/invitations/", other["bearer"], email="jo@acme.example")
    assert accept(identity, identity.mailed()).status_code == 400
    wrong = {"password": "Another-horse-9"}
    assert accept(identity, identity.mailed(), **wrong).status_code == 400


def test_an_invitation_takes_no_account_over(identity):
    """Whoever invites an address does not learn the token, and needs the password beside it."""
    admin = identity.register()
    answer = identity.post("/auth/invitations/", admin["bearer"], email="al@acme.example")
    assert identity.mailed().split("_", 2)[2] not in answer.text


def test_who_was_removed_can_be_invited_again(identity):
    admin = identity.register()
    al = identity.join(admin, "al@acme.example")
    identity.call("DELETE", f"/auth/members/{al['user']['id']}/", admin["bearer"])
    again = identity.join(admin, "al@acme.example", "manager")
    assert identity.call("GET", "/auth/me/", again["bearer"]).json()["role"] == "manager"
    told = [kind for kind, data in identity.events() if data["user_id"] == al["user"]["id"]]
    assert told == ["user.created", "user.removed", "user.created"]


def test_a_role_is_changed(identity):
    admin = identity.register()
    al = identity.join(admin, "al@acme.example")
    path = f"/auth/members/{al['user']['id']}/"
    answer = identity.call("PUT", path, admin["bearer"], json={"role": "manager"})
    assert answer.json()["role"] == "manager"
    assert identity.call("GET", "/auth/me/", al["bearer"]).json()["role"] == "manager"
    assert identity.events()[-1] == (
        "user.role_changed",
        {"user_id": al["user"]["id"], "old_role": "user", "new_role": "manager"},
    )
    before = len(identity.events())
    identity.call("PUT", path, admin["bearer"], json={"role": "manager"})
    assert len(identity.events()) == before, "nothing changed"


def test_the_last_admin_stays(identity):
    admin = identity.register()
    own = f"/auth/members/{admin['user']['id']}/"
    for how in ({"method": "DELETE"}, {"method": "PUT", "json": {"role": "user"}}):
        answer = identity.call(path=own, authorization=admin["bearer"], **how)
        assert answer.status_code == 400
        assert "last admin" in answer.json()["detail"]
    al = identity.join(admin, "al@acme.example", "admin")
    assert identity.call("DELETE", own, admin["bearer"]).status_code == 204
    last = f"/auth/members/{al['user']['id']}/"
    assert identity.call("DELETE", last, al["bearer"]).status_code == 400


def test_two_admins_who_remove_each_other_at_once(identity):
    jo = identity.register()
    al = identity.join(jo, "al@acme.example", "admin")
    statuses = []

    def faster(writes):
        identity.tables.before_transact = lambda writes: None
        path = f"/auth/members/{jo['user']['id']}/"
        statuses.append(identity.call("DELETE", path, al["bearer"]).status_code)

    identity.tables.before_transact = faster
    path = f"/auth/members/{al['user']['id']}/"
    statuses.append(identity.call("DELETE", path, jo["bearer"]).status_code)
    assert statuses == [204, 400]


@pytest.mark.parametrize("role", ["manager", "sales_rep", "user"])
def test_only_admins_administer(identity, role):
    admin = identity.register()
    al = identity.join(admin, "al@acme.example", role)
    own = f"/auth/members/{al['user']['id']}/"
    asked = [
        ("PUT", own, {"role": "admin"}),
        ("DELETE", f"/auth/members/{admin['user']['id']}/", None),
        ("POST", "/auth/invitations/", {"email": "x@acme.example", "role": "admin"}),
        ("GET", "/auth/invitations/", None),
        ("POST", "/auth/api-keys/", {"name": "k", "scopes": ["leads:view"]}),
        ("GET", "/auth/api-keys/", None),
        ("PUT", "/auth/tenant/", {"name": "Mine"}),
    ]
    for method, path, body in asked:
        assert identity.call(method, path, al["bearer"], json=body).status_code == 403, path
    assert identity.call("GET", "/auth/tenant/", al["bearer"]).status_code == 200


def test_ids_of_another_tenant(identity):
    acme, other = identity.register(), identity.register("bo@other.example")
    key = identity.post("/auth/api-keys/", acme["bearer"], name="k", scopes=["leads:view"]).json()
    invited = identity.post("/auth/invitations/", acme["bearer"], email="x@acme.example").json()
    user = acme["user"]["id"]
    asked = [
        ("GET", f"/auth/members/{user}/", None),
        ("PUT", f"/auth/members/{user}/", {"role": "user"}),
        ("DELETE", f"/auth/members/{user}/", None),
        ("DELETE", f"/auth/api-keys/{key['id']}/", None),
        ("DELETE", f"/auth/invitations/{invited['id']}/", None),
    ]
    for method, path, body in asked:
        assert identity.call(method, path, other["bearer"], json=body).status_code == 404, path
    assert identity.call("GET", "/auth/api-keys/", other["bearer"]).json() == {"keys": []}


def test_a_key_from_its_making_to_its_end(identity):
    admin = identity.register()
    body = {"name": "robot", "scopes": ["members:view"], "expires_in_days": 1}
    made = identity.post("/auth/api-keys/", admin["bearer"], **body)
    assert made.status_code == 201
    assert made.headers["cache-control"] == "no-store"
    key = f"Api-Key {made.json()['key']}"
    assert identity.call("GET", "/auth/members/", key).status_code == 200
    assert identity.call("GET", "/auth/tenant/", key).status_code == 403, "not its scope"
    me = identity.call("GET", "/auth/me/", key).json()
    assert (me["kind"], me["rights"], me["email"]) == ("key", ["members:view"], None)
    (listed,) = identity.call("GET", "/auth/api-keys/", admin["bearer"]).json()["keys"]
    assert "key" not in listed
    assert listed["last_used_at"]
    assert made.json()["key"].startswith(listed["prefix"])
    path = f"/auth/api-keys/{listed['id']}/"
    assert identity.call("DELETE", path, admin["bearer"]).json()["revoked_at"]
    assert identity.call("GET", "/auth/members/", key).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        {"name": "k", "scopes": []},
        {"name": "k", "scopes": ["leads:fly"]},
        {"name": "k", "scopes": ["leads:view"], "expires_in_days": 366},
        {"scopes": ["leads:view"]},
    ],
)
def test_what_is_no_key(identity, body):
    assert (
        identity.post("/auth/api-keys/", identity.register()["bearer"], **body).status_code == 400
    )


def test_a_key_cannot_make_a_key(identity):
    admin = identity.register()
    answer = identity.post("/auth/api-keys/", admin["bearer"], name="k", scopes=["keys:add"])
    assert answer.status_code == 403


def test_settings_of_the_tenant(identity):
    admin = identity.register()
    answer = identity.call("PUT", "/auth/tenant/", admin["bearer"], json={"currency": "EUR"})
    assert (answer.json()["name"], answer.json()["currency"]) == ("Acme", "EUR")
    for wrong in ({"currency": "euro"}, {"time_zone": "1"}, {"name": ""}, {"admins": 0}):
        answer = identity.call("PUT", "/auth/tenant/", admin["bearer"], json=wrong)
        assert answer.status_code == 400, wrong


def test_roles_and_what_they_may(identity):
    answer = identity.call("GET", "/auth/roles/", identity.register()["bearer"]).json()
    assert [one["role"] for one in answer["roles"]] == ["admin", "manager", "sales_rep", "user"]
