"""Refresh tokens: each good for one use, and a thief's use ends the session."""

from __future__ import annotations

import pytest

from shared.identity.secret_tokens import SecretToken
from shared.identity.sessions import KEPT, REMEMBERED
from tests.unit.identity.conftest import PASSWORD


def refresh(identity, token: str):
    return identity.post("/auth/refresh/", refresh_token=token)


def test_each_refresh_gives_another_token(identity):
    token = identity.register()["refresh_token"]
    seen = {token}
    for _ in range(5):
        answer = refresh(identity, token)
        assert answer.status_code == 200
        token = answer.json()["refresh_token"]
        bearer = f"Bearer {answer.json()['access_token']}"
        assert identity.call("GET", "/auth/me/", bearer).status_code == 200
        seen.add(token)
    assert len(seen) == 6


def test_a_token_that_comes_twice_ends_the_session(identity):
    stolen = identity.register()["refresh_token"]
    others = identity.login()["refresh_token"]
    current = refresh(identity, stolen).json()["refresh_token"]
    assert refresh(identity, stolen).status_code == 401
    assert refresh(identity, current).status_code == 401, "nobody knows who of the two it is"
    assert refresh(identity, others).status_code == 200, "another session is another's"


def test_a_token_that_comes_twice_at_once(identity):
    token = identity.register()["refresh_token"]
    statuses = []

    def faster(writes):
        identity.tables.before_transact = lambda writes: None
        statuses.append(refresh(identity, token))

    identity.tables.before_transact = faster
    statuses.append(refresh(identity, token))
    assert [answer.status_code for answer in statuses] == [200, 401]
    assert refresh(identity, statuses[0].json()["refresh_token"]).status_code == 401


def test_a_guess_for_a_session_that_there_is_ends_it(identity):
    token = identity.register()["refresh_token"]
    guess = SecretToken.make("mrr", token.split("_")[1])
    assert refresh(identity, str(guess)).status_code == 401
    assert refresh(identity, token).status_code == 401


@pytest.mark.parametrize(
    ("remember", "kept"), [(False, KEPT), (True, REMEMBERED)], ids=["plain", "remembered"]
)
def test_a_session_has_its_time(identity, remember, kept):
    identity.register()
    body = {"email": "jo@acme.example", "password": PASSWORD, "remember_me": remember}
    token = identity.post("/auth/login/", **body).json()["refresh_token"]
    identity.clock.move(seconds=kept.total_seconds() - 1)
    answer = refresh(identity, token)
    assert answer.status_code == 200
    identity.clock.move(seconds=1)
    assert refresh(identity, answer.json()["refresh_token"]).status_code == 401


@pytest.mark.parametrize(
    "token", ["", "x", "mrr_0_x", f"mrr_0123456789abcdef_{'s' * 43}", "mr_a_b"]
)
def test_what_is_no_refresh_token(identity, token):
    assert refresh(identity, token).status_code == 401


def test_signing_out_of_one_session(identity):
    jo = identity.register()
    other = identity.login()
    answer = identity.post("/auth/logout/", jo["bearer"], refresh=jo["refresh"])
    assert answer.status_code == 204
    assert refresh(identity, jo["refresh"]).status_code == 401
    assert refresh(identity, other["refresh"]).status_code == 200
    assert identity.post("/auth/logout/", jo["bearer"], refresh="gone").status_code == 204


@pytest.mark.parametrize("how", [{}, {"json": {}}, {"json": {"everywhere": True}}])
def test_signing_out_everywhere(identity, how):
    jo = identity.register()
    other = identity.login()
    assert identity.call("POST", "/auth/logout/", jo["bearer"], **how).status_code == 204
    for session in (jo, other):
        assert refresh(identity, session["refresh"]).status_code == 401
        assert identity.call("GET", "/auth/me/", session["bearer"]).status_code == 403
    assert identity.call("GET", "/auth/me/", identity.login()["bearer"]).status_code == 200, (
        "who signs in within the same second waits for its end"
    )


def test_a_sign_in_that_takes_its_time_after_all_sessions_were_ended(identity):
    """Its token is of the second before, and its answer of the second after."""
    jo = identity.register()
    identity.post("/auth/logout/", jo["bearer"])
    find = identity.pool.find

    def slow(email):
        identity.clock.move(seconds=1)
        return find(email)

    identity.pool.find = slow
    assert identity.call("GET", "/auth/me/", identity.login()["bearer"]).status_code == 200


def test_the_pool_ends_a_session(identity):
    token = identity.register()["refresh_token"]
    identity.pool.refresh.clear()
    assert refresh(identity, token).status_code == 401


def test_who_is_no_member_any_more(identity):
    admin = identity.register()
    al = identity.join(admin, "al@acme.example")
    assert identity.call("GET", "/auth/me/", al["bearer"]).status_code == 200
    gone = f"/auth/members/{al['user']['id']}/"
    assert identity.call("DELETE", gone, admin["bearer"]).status_code == 204
    assert identity.call("GET", "/auth/me/", al["bearer"]).status_code == 403
    assert refresh(identity, al["refresh_token"]).status_code == 401
    body = {"email": "al@acme.example", "password": PASSWORD}
    assert identity.post("/auth/login/", **body).status_code == 401
