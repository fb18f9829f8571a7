"""Getting an account, signing in, and getting back in."""

from __future__ import annotations

import pytest

from functions.identity.routes.accounts import SENT
from shared.identity.passwords import KEPT
from tests.fakes.user_pool import CODE
from tests.unit.identity.conftest import PASSWORD


def test_registering_founds_a_tenant_with_its_admin(identity):
    jo = identity.register(name="Jo")
    me = identity.call("GET", "/auth/me/", jo["bearer"]).json()
    assert me["role"] == "admin"
    assert me["email"] == "jo@acme.example"
    assert me["tenant"]["name"] == "Acme"
    assert "keys:add" in me["rights"]
    assert identity.events() == [
        (
            "user.created",
            {
                "user_id": jo["user"]["id"],
                "email": "jo@acme.example",
                "name": "Jo",
                "role": "admin",
                "tenant_name": "Acme",
            },
        )
    ]


def test_the_event_is_written_with_the_membership(identity):
    identity.register()
    (event,) = [i for i in identity.tables.all("crm") if "event" in i]
    assert "pending_pk" in event
    # The account, and the session that it begins with.
    assert identity.tables.transactions == 2


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"name": "Jo March"}, "Jo March"),
        ({"full_name": "Jo March", "username": "jo.march"}, "Jo March"),
        ({"first_name": "Jo", "last_name": "March", "password_confirm": PASSWORD}, "Jo March"),
        ({"username": "Jo.March", "company": "Acme"}, "jo.march"),
        ({}, "jo"),
    ],
)
def test_bodies_of_older_systems(identity, body, name):
    given = {"email": " Jo@Acme.example ", "password": PASSWORD, **body}
    answer = identity.post("/api/auth/register", **given)
    assert answer.status_code == 201, answer.text
    assert answer.json()["user"]["name"] == name
    assert answer.json()["user"]["email"] == "jo@acme.example"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"email": "no address"}, "email"),
        ({"email": "a@b"}, "email"),
        ({"password": ""}, "password"),
        ({"password": "short"}, "password"),
        ({"password_confirm": "another"}, "body"),
        ({"username": "a@b.example"}, "username"),
        ({"role": "admin"}, "role"),
        ({"tenant": "other"}, "tenant"),
    ],
)
def test_what_no_account_is_made_of(identity, body, field):
    given = {"email": "jo@acme.example", "password": PASSWORD, **body}
    answer = identity.post("/auth/register/", **given)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field
    assert identity.events() == []


def test_an_address_and_a_username_are_given_once(identity):
    identity.register(username="jo.m")
    same = {"email": "JO@acme.example", "password": PASSWORD}
    assert identity.post("/auth/register/", **same).status_code == 400
    wrong = {"email": "jo@acme.example", "password": "Another-horse-9"}
    assert identity.post("/auth/register/", **wrong).json()["detail"] == "this address is taken"
    other = {"email": "al@acme.example", "password": PASSWORD, "username": "JO.M"}
    assert identity.post("/auth/register/", **other).json()["detail"] == "this username is taken"


def test_a_registration_that_broke_off_is_taken_up_again(identity):
    def lost(writes):
        raise RuntimeError

    identity.tables.before_transact = lost
    body = {"email": "jo@acme.example", "password": PASSWORD}
    assert identity.post("/auth/register/", **body).status_code == 500
    identity.tables.before_transact = lambda writes: None
    stranger = {"email": "jo@acme.example", "password": "Another-horse-9"}
    assert identity.post("/auth/register/", **stranger).status_code == 400
    assert identity.register()["user"]["role"] == "admin"


@pytest.mark.parametrize(
    "body",
    [
        {"email": "jo@acme.example"},
        {"username": "jo@acme.example", "remember_me": True},
        {"username": "jo.march"},
        {"login": " JO.March "},
    ],
)
@pytest.mark.parametrize("path", ["/auth/login", "/auth/login/", "/api/auth/login/"])
def test_signing_in(identity, body, path):
    identity.register(username="jo.march")
    answer = identity.post(path, password=PASSWORD, **body)
    assert answer.status_code == 200
    told = answer.json()
    assert (told["access"], told["refresh"]) == (told["access_token"], told["refresh_token"])
    assert answer.headers["cache-control"] == "no-store"
    assert identity.call("GET", "/auth/me", f"Bearer {told['id_token']}").status_code == 200


def test_the_form_of_oauth(identity):
    identity.register()
    form = {"grant_type": "password", "username": "jo@acme.example", "password": PASSWORD}
    told = identity.call("POST", "/api/auth/token", data=form).json()
    again = {"grant_type": "refresh_token", "refresh_token": told["refresh_token"]}
    assert identity.call("POST", "/auth/token/", data=again).status_code == 200
    for wrong in ({"grant_type": "magic"}, {"username": "jo"}, {"password": "x"}):
        assert identity.call("POST", "/auth/token/", data=wrong).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        {"email": "jo@acme.example", "password": "Wrong-horse-777"},
        {"email": "nobody@acme.example", "password": PASSWORD},
        {"username": "nobody", "password": PASSWORD},
    ],
)
def test_a_refusal_is_the_same_whatever_is_wrong(identity, body):
    identity.register()
    answer = identity.post("/auth/login/", **body)
    assert answer.status_code == 401
    assert answer.json()["detail"] == "e-mail address or password is wrong"


def test_a_second_factor(identity):
    identity.register()
    identity.pool.second_factor.add("jo@acme.example")
    body = {"email": "jo@acme.example", "password": PASSWORD}
    asked = identity.post("/auth/login/", **body)
    assert asked.status_code == 401
    assert asked.json()["errors"][0]["field"] == "code"
    assert identity.post("/auth/login/", **body, otp="000000").status_code == 401
    assert identity.post("/auth/login/", **body, code="abc").status_code == 400
    assert identity.post("/auth/login/", **body, code=CODE).status_code == 200


def test_a_forgotten_password(identity):
    jo = identity.register()
    answers = [
        identity.post("/auth/forgot-password/", email=email)
        for email in ("jo@acme.example", "nobody@acme.example")
    ]
    assert [(a.status_code, a.json()) for a in answers] == [(200, {"message": SENT})] * 2
    assert [m.to for m in identity.mail.sent.values()] == ["jo@acme.example"]
    token = identity.mailed()
    weak = identity.post("/auth/reset-password/", token=token, new_password="weak")
    assert weak.status_code == 400, "the token stays good"
    identity.clock.move(seconds=1)
    body = {"token": token, "new_password": "Another-horse-9"}
    assert identity.post("/api/auth/reset-password", **body).status_code == 200
    assert identity.post("/auth/reset-password/", **body).status_code == 400, "for one use"
    assert identity.call("GET", "/auth/me/", jo["bearer"]).status_code == 403
    refresh = {"refresh_token": jo["refresh_token"]}
    assert identity.post("/auth/refresh/", **refresh).status_code == 401
    assert identity.login(password="Another-horse-9")


def test_a_token_of_a_mail_is_good_for_its_time(identity):
    identity.register()
    identity.post("/api/forgot-password", email="jo@acme.example")
    token = identity.mailed()
    guessed = f"{token[:-1]}{'a' if token[-1] != 'a' else 'b'}"
    identity.clock.move(seconds=KEPT.total_seconds())
    for text in (token, guessed, "", "mrp_x"):
        answer = identity.post("/auth/reset-password/", token=text, password="Another-horse-9")
        assert answer.status_code == 400, text


def test_no_secret_is_stored(identity):
    jo = identity.register()
    identity.post("/auth/forgot-password/", email="jo@acme.example")
    identity.post("/auth/invitations/", jo["bearer"], email="al@acme.example")
    kept = str(identity.tables.items)
    secrets = [jo["refresh_token"].split("_", 2)[2], identity.mailed().split("_", 2)[2]]
    secrets += [PASSWORD, "pool-refresh-0"]
    for secret in secrets:
        assert secret not in kept
