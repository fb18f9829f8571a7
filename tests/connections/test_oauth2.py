"""OAuth 2 against an authorization server of our own: granted, renewed once, taken back."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from shared.connections.connections import settings_of
from shared.connections.errors import NotAuthorizedError
from shared.connections.oauth2.authorizing import InvalidStateError
from shared.platform.http import HttpCall, HttpTransportError
from tests.connections.conftest import CLIENT, SECRET
from tests.fakes.connections import ADMIN, fields

BACK = "https://crm.example/connections/oauth2/callback"


def settings(service, **more):
    return {
        "kind": "oauth2", "authorize_url": f"{service.url}/authorize", "client_id": CLIENT,
        "token_url": f"{service.url}/token", "client_secret": SECRET, **more,
    }  # fmt: skip


def own(service, **more):
    return settings(service, grant="client_credentials", authorize_url=None, **more)


def person(address):
    """What the person's browser is sent back with."""
    answer = httpx.get(address, trust_env=False)
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    return query["state"][0], query["code"][0]


def authorize(world, made):
    state, code = person(world.authorizing.start(ADMIN, made.id, BACK))
    return asyncio.run(world.authorizing.finish(state, code))


def ask(world, service, made, path="me"):
    return asyncio.run(asking(world, service, made, path))


async def asking(world, service, made, path="me"):
    call = HttpCall("GET", f"{service.url}/api/{path}")
    return await world.port().send(made.id, call, world.http)


@pytest.fixture
def made(world, service):
    return world.add(settings(service), service.host)


def test_a_person_grants_access(world, service, made):
    assert made.status == "unauthorized"
    with pytest.raises(NotAuthorizedError, match="was not asked yet"):
        ask(world, service, made)
    assert authorize(world, made) == "Their CRM"
    assert ask(world, service, made).status == 200
    assert world.connections.get("acme", made.id).status == "ready"
    assert world.audited()[-1] == ("connection.authorized", "jo")
    assert service.seen[-1][1]["authorization"] == "Bearer acc3ss-2"


@pytest.mark.parametrize("how", ["basic", "body"])
def test_a_client_has_access_by_itself(world, service, how):
    made = world.add(own(service, client_auth=how, scopes=["read"]), service.host)
    assert made.status == "ready"
    assert [ask(world, service, made).status for _ in range(3)] == [200] * 3
    assert [form["grant_type"] for form in service.asked] == ["client_credentials"]
    assert service.asked[0]["scope"] == "read"
    world.clock.move(seconds=3600)
    assert ask(world, service, made).status == 200
    assert len(service.asked) == 2


def test_many_runs_at_once_renew_once(world, service, made):
    authorize(world, made)
    world.clock.move(seconds=3595)  # within the reserve before the end
    service.takes = 0.1

    async def many():
        return await asyncio.gather(*(asking(world, service, made) for _ in range(12)))

    assert {answer.status for answer in asyncio.run(many())} == {200}
    assert [form["grant_type"] for form in service.asked] == ["authorization_code", "refresh_token"]
    assert world.pauses > 0


def test_refresh_tokens_are_rotated_and_the_old_ones_forgotten(world, service, made):
    authorize(world, made)
    for number in range(3):
        world.clock.move(seconds=3600)
        assert ask(world, service, made).status == 200
        kept = [json.loads(text) for text in world.secrets.values.values()]
        assert len(kept) == 2, number
    sent = [form.get("refresh_token") for form in service.asked]
    assert sent == [None, "r3fresh-2", "r3fresh-3", "r3fresh-4"]


def test_a_server_that_does_not_rotate_gets_the_old_one_again(world, service, made):
    authorize(world, made)
    service.rotates = False
    for _ in range(2):
        world.clock.move(seconds=3600)
        assert ask(world, service, made).status == 200
    assert [form.get("refresh_token") for form in service.asked[1:]] == ["r3fresh-2"] * 2


def test_access_that_is_refused_early_is_renewed_once(world, service, made):
    authorize(world, made)
    service.access.clear()
    assert ask(world, service, made).status == 200
    assert len(service.asked) == 2


def test_without_a_refresh_token_a_refusal_is_the_answer(world, service, made):
    state, code = person(world.authorizing.start(ADMIN, made.id, BACK))
    service.answers.append((200, b'{"access_token": "acc3ss-x", "token_type": "Bearer"}'))
    asyncio.run(world.authorizing.finish(state, code))
    assert ask(world, service, made).status == 401
    assert world.connections.get("acme", made.id).status == "ready"


def test_an_authorization_that_was_taken_back(world, service, made):
    authorize(world, made)
    service.refresh.clear()
    world.clock.move(seconds=3600)
    with pytest.raises(NotAuthorizedError, match="invalid_grant") as caught:
        ask(world, service, made)
    assert SECRET not in str(caught.value)
    assert world.connections.get("acme", made.id).status == "refused"
    with pytest.raises(NotAuthorizedError, match="took the authorization back"):
        ask(world, service, made)
    assert len(service.asked) == 2
    authorize(world, made)
    assert ask(world, service, made).status == 200


@pytest.mark.parametrize(
    "answer",
    [(500, b"{}"), (503, b'{"error": "server_error"}'), (200, b"<html>"), (200, b"[]"),
     (200, b'{"access_token": "a\\nb"}'), (400, b'{"error": "temporarily_unavailable"}'),
     (302, b""), (200, b'{"access_token": 7}')],
)  # fmt: skip
def test_a_token_server_in_trouble_is_asked_again(world, service, made, answer):
    authorize(world, made)
    world.clock.move(seconds=3600)
    service.answers.append(answer)
    with pytest.raises(HttpTransportError) as caught:
        ask(world, service, made)
    assert caught.value.error_type == "TokensUnavailable"
    assert ask(world, service, made).status == 200  # nobody waits for a lease


def test_a_lease_of_a_run_that_died_is_taken_over(world, service, made):
    authorize(world, made)
    world.clock.move(seconds=3600)
    grants = world.sending.tokens._grants
    row = world.tables.get("workflows", {"pk": "acme#connections", "sk": f"connection#{made.id}"})
    grant = grants.read("acme", row)
    assert grants.lease(grant)
    assert grants.lease(grants.read("acme", row)) is None
    world.clock.move(seconds=31)
    assert ask(world, service, made).status == 200


def test_a_grant_goes_when_the_connection_goes_elsewhere(world, service, made):
    authorize(world, made)
    moved = fields(settings(service, client_id="another"), service.host)
    changed = world.connections.update(ADMIN, made.id, moved)
    assert changed.status == "unauthorized"
    assert len(world.secrets.values) == 1
    world.connections.update(ADMIN, made.id, fields(settings(service), service.host))
    authorize(world, made)
    renamed = fields(settings(service, client_secret=None), service.host, name="New")
    assert world.connections.update(ADMIN, made.id, renamed).status == "ready"
    assert ask(world, service, made).status == 200
    world.connections.delete(ADMIN, made.id)
    assert world.secrets.values == {}


def test_tokens_that_an_older_run_brings_late_are_not_used(world, service):
    """It read the connection before a change, and asks for tokens after it."""
    made = world.add(own(service), service.host)
    old = world.tables.get("workflows", {"pk": "acme#connections", "sk": f"connection#{made.id}"})
    before = settings_of(world.at, old)
    world.connections.update(ADMIN, made.id, fields(own(service, scopes=["new"]), service.host))
    late = asyncio.run(world.sending.tokens.access("acme", old, before))
    assert ask(world, service, made).status == 200
    assert [form.get("scope") for form in service.asked] == [None, "new"]
    assert service.seen[-1][1]["authorization"] != f"Bearer {late}"


def test_security_a_state_is_used_once_and_for_ten_minutes(world, service, made):
    state, code = person(world.authorizing.start(ADMIN, made.id, BACK))
    asyncio.run(world.authorizing.finish(state, code))
    for wrong in (state, f"other.{state.partition('.')[2]}", "acme.x", "", state.upper()):
        with pytest.raises(InvalidStateError):
            asyncio.run(world.authorizing.finish(wrong, code))
    state, code = person(world.authorizing.start(ADMIN, made.id, BACK))
    world.clock.move(minutes=10, seconds=1)
    with pytest.raises(InvalidStateError):
        asyncio.run(world.authorizing.finish(state, code))
    assert len(service.asked) == 1


def test_security_two_browsers_with_one_state(world, service, made):
    state, code = person(world.authorizing.start(ADMIN, made.id, BACK))

    async def both():
        tries = (world.authorizing.finish(state, code) for _ in range(2))
        return await asyncio.gather(*tries, return_exceptions=True)

    ends = asyncio.run(both())
    assert sorted(type(end).__name__ for end in ends) == ["InvalidStateError", "str"]


def test_security_a_code_of_somebody_elses_authorization(world, service, made):
    """An attacker's code in the victim's state: the challenge does not fit."""
    _, foreign = person(world.authorizing.start(ADMIN, made.id, BACK))
    state, _ = person(world.authorizing.start(ADMIN, made.id, BACK))
    with pytest.raises(NotAuthorizedError, match="invalid_grant"):
        asyncio.run(world.authorizing.finish(state, foreign))
    assert world.connections.get("acme", made.id).status == "unauthorized"


def test_a_state_of_a_connection_that_was_changed_meanwhile(world, service, made):
    state, code = person(world.authorizing.start(ADMIN, made.id, BACK))
    world.connections.update(
        ADMIN, made.id, fields(settings(service, client_id="another"), service.host)
    )
    with pytest.raises(InvalidStateError):
        asyncio.run(world.authorizing.finish(state, code))
    assert service.asked == []


def test_a_person_who_refuses(world, made):
    state, _ = person(world.authorizing.start(ADMIN, made.id, BACK))
    with pytest.raises(NotAuthorizedError, match="access_denied"):
        asyncio.run(world.authorizing.finish(state, "", "access_denied"))
    state, _ = person(world.authorizing.start(ADMIN, made.id, BACK))
    with pytest.raises(NotAuthorizedError) as caught:
        asyncio.run(world.authorizing.finish(state, "", "<script>"))
    assert "script" not in str(caught.value)


def test_security_no_token_is_in_a_row_an_answer_or_the_audit(world, service, made):
    authorize(world, made)
    answer = ask(world, service, made)
    shown = f"{world.tables.items}{world.connections.get('acme', made.id)!r}{answer!r}"
    for word in ("acc3ss-", "r3fresh-", SECRET, "c0de-"):
        assert word not in shown.replace(answer.body.decode(), "")
        assert word not in answer.body.decode()


def test_a_test_call_says_that_nobody_authorized_it(world, service):
    made = world.add(settings(service), service.host, test_url=f"{service.url}/api/me")
    told = asyncio.run(world.trying.test(ADMIN, made.id))
    assert "was not asked yet" in told.message
    authorize(world, made)
    assert asyncio.run(world.trying.test(ADMIN, made.id)).works
