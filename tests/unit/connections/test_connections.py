"""Connections: what may be said about them, and where their credentials stay."""

from __future__ import annotations

import asyncio
import json

import pytest
from pydantic import ValidationError

from shared.connections.errors import (
    ConnectionChangedError,
    ConnectionInUseError,
    ConnectionNotFoundError,
    CredentialRefusedError,
    InvalidConnectionError,
)
from shared.connections.hosts import check_destination
from shared.connections.kinds import KINDS
from shared.platform.http import EgressRefusedError, HttpAnswer, HttpCall, HttpTransportError
from tests.fakes.connections import ADMIN, STRANGER, ConnectionWorld, fields

SECRET = 's3cr3t-\u00fc/+"=&x'
KEY = {"kind": "api_key", "value": SECRET}
BASIC = {"kind": "basic", "username": "jo", "password": SECRET}
BEARER = {"kind": "bearer", "token": "t0ken-of-them"}
OAUTH = {
    "kind": "oauth2", "authorize_url": "https://id.example.com/authorize",
    "token_url": "https://id.example.com/token", "client_id": "me", "client_secret": SECRET,
}  # fmt: skip


class Server:
    """The port `Http`: says everything back that it was sent."""

    def __init__(self):
        self.calls = []
        self.failure = None

    async def send(self, call):
        self.calls.append(call)
        if self.failure:
            raise self.failure(call)
        told = {"url": call.url, "headers": dict(call.headers)}
        return HttpAnswer(200, dict(call.headers), json.dumps(told).encode(), call.url, 1)


@pytest.fixture
def server():
    return Server()


@pytest.fixture
def world(server):
    return ConnectionWorld(server)


def send(world, one, url="https://api.example.com/v1", tenant="acme", **call):
    return asyncio.run(world.port(tenant).send(one.id, HttpCall("GET", url, **call), world.http))


@pytest.mark.parametrize("settings", [KEY, BASIC, BEARER, OAUTH])
def test_a_credential_stands_among_the_secrets_and_nowhere_else(world, settings):
    made = world.add(settings)
    assert made.kind == settings["kind"]
    secret = next(one for name, one in settings.items() if name in ("value", "password", "token",
                                                                    "client_secret"))  # fmt: skip
    everything = f"{world.tables.items} {made!r} {made.model_dump_json()}"
    assert secret not in everything
    assert json.dumps(secret)[1:-1] not in everything
    [(name, text)] = world.secrets.values.items()
    assert name.startswith(f"millrace/acme/connections/{made.id}/")
    assert secret in json.loads(text).values()
    assert world.audited() == [("connection.created", "jo")]


@pytest.mark.parametrize("kind", KINDS.values())
def test_a_form_says_which_of_its_fields_are_secret(kind):
    schema = kind.model_json_schema()
    for name in kind.secret_fields:
        assert any(one.get("writeOnly") for one in schema["properties"][name]["anyOf"])


@pytest.mark.parametrize(
    ("settings", "sent"),
    [
        (KEY | {"value": "k3y-of-them"}, ("X-Api-Key", "k3y-of-them")),
        (KEY | {"value": "k3y", "key_name": "Authorization", "prefix": "Token "},
         ("Authorization", "Token k3y")),
        (BASIC | {"password": "p:w"}, ("Authorization", "Basic am86cDp3")),
        (BEARER, ("Authorization", "Bearer t0ken-of-them")),
    ],
)  # fmt: skip
def test_what_is_sent(world, server, settings, sent):
    made = world.add(settings)
    send(world, made, headers={"authorization": "mine", "x-api-key": "mine", "A": "b"})
    assert server.calls[0].headers[sent[0]] == sent[1]
    assert [v for k, v in server.calls[0].headers.items() if k.lower() == sent[0].lower()] == [
        sent[1]
    ]
    assert server.calls[0].headers["A"] == "b"


@pytest.mark.parametrize("settings", [KEY | {"place": "query", "key_name": "key"}, BASIC, BEARER])
def test_an_answer_that_repeats_the_credential_does_not(world, settings):
    answer = send(world, world.add(settings), "https://api.example.com/v1?a=1")
    for secret in (SECRET, "t0ken-of-them", "am86", "s3cr3t"):
        assert secret not in f"{answer!r}{answer.body.decode()}"
    assert "***" in answer.body.decode()


@pytest.mark.parametrize("kind", [HttpTransportError, EgressRefusedError])
def test_an_error_that_repeats_the_credential_does_not(world, server, kind):
    made = world.add({"kind": "api_key", "value": "k3y-of-them", "place": "query", "key_name": "k"})
    more = ("Timeout",) if kind is HttpTransportError else ()
    server.failure = lambda call: kind(*more, f"{call.url} failed")
    with pytest.raises(kind) as caught:
        send(world, made)
    assert str(caught.value) == "https://api.example.com/v1?k=*** failed"
    assert caught.value.__cause__ is caught.value.__context__ is None


@pytest.mark.parametrize(
    "url",
    ["https://evil.example/", "http://api.example.com/", "https://api.example.com:8443/",
     "https://api.example.com@evil.example/", "https://me:pw@api.example.com/",
     "https://api.example.com.evil.example/", "https://evil.example/api.example.com",
     "https://evil.example#@api.example.com", "https://evil.example\\@api.example.com/",
     "https://xapi.example.com/", "ftp://api.example.com/", "//api.example.com/", "",
     "https://api.example.com\n.evil.example/", "https://api.example.com%2eevil.example/",
     "https://\u0430pi.example.com/"],
)  # fmt: skip
def test_security_a_credential_goes_to_no_other_host(world, server, url):
    made = world.add(KEY)
    with pytest.raises(CredentialRefusedError):
        send(world, made, url)
    assert server.calls == []


@pytest.mark.parametrize(
    ("hosts", "url", "may"),
    [
        (["*.example.com"], "https://a.b.example.com/", True),
        (["*.example.com"], "https://example.com/", False),
        (["api.example.com:8443"], "https://api.example.com:8443/", True),
        (["api.example.com:8443"], "https://api.example.com/", False),
        (["api.example.com"], "https://API.Example.com.:443/x", True),
    ],
)
def test_which_hosts(hosts, url, may):
    if may:
        check_destination(url, hosts)
    else:
        with pytest.raises(CredentialRefusedError):
            check_destination(url, hosts)


@pytest.mark.parametrize(
    "said",
    [
        {"hosts": []}, {"hosts": ["*"]}, {"hosts": ["*.com"]}, {"hosts": ["https://a.example"]},
        {"hosts": ["a b"]}, {"name": ""}, {"test_url": "file:///etc/passwd"}, {"more": 1},
        {"settings": {"kind": "bearer", "token": "a\r\nX-B: c"}},
        {"settings": {"kind": "bearer", "token": ""}},
        {"settings": {"kind": "api_key", "value": "k", "key_name": "Host"}},
        {"settings": {"kind": "api_key", "value": "k", "key_name": "X\r\nY"}},
        {"settings": {"kind": "api_key", "value": "k", "prefix": "a\r\n"}},
        {"settings": {"kind": "basic", "username": "a:b", "password": "p"}},
        {"settings": OAUTH | {"authorize_url": None}},
        {"settings": OAUTH | {"parameters": {"redirect_uri": "https://evil.example"}}},
        {"settings": {"kind": "none"}},
    ],
)  # fmt: skip
def test_what_cannot_be_said(said):
    with pytest.raises(ValidationError) as caught:
        fields(**{"settings": KEY, **said})
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("settings", "more", "field"),
    [
        ({"kind": "bearer"}, {}, "settings.token"),
        (BEARER, {"test_url": "https://evil.example/"}, "test_url"),
        (BEARER, {"test_url": "http://api.example.com/"}, "test_url"),
        (OAUTH | {"token_url": "http://id.example.com/"}, {}, "settings.token_url"),
    ],
)
def test_what_is_refused_with_the_field(world, settings, more, field):
    with pytest.raises(InvalidConnectionError) as caught:
        world.add(settings, **more)
    assert caught.value.field == field
    assert world.secrets.values == {}


def test_a_secret_that_is_left_out_stays(world, server):
    made = world.add(BEARER, "api.example.com", "b.example.com")
    fewer = fields({"kind": "bearer"}, "api.example.com", name="New")
    changed = world.connections.update(ADMIN, made.id, fewer, made.version)
    assert (changed.name, changed.version, changed.created_by) == ("New", 2, "jo")
    send(world, changed)
    assert server.calls[0].headers["Authorization"] == "Bearer t0ken-of-them"
    newer = fields({"kind": "bearer", "token": "t0ken-2"}, "api.example.com")
    world.connections.update(ADMIN, made.id, newer)
    assert list(world.secrets.values.values()) == ['{"token": "t0ken-2"}']


@pytest.mark.parametrize(
    ("settings", "after", "hosts"),
    [
        (BEARER, {"kind": "bearer"}, ["api.example.com", "evil.example"]),
        (BEARER, {"kind": "bearer"}, ["*.example.com"]),
        (BEARER, {"kind": "api_key"}, ["api.example.com"]),
        (KEY, {"kind": "api_key", "key_name": "X-Other"}, ["api.example.com"]),
        (OAUTH, OAUTH | {"client_secret": None, "token_url": "https://evil.example/"},
         ["api.example.com"]),
    ],
)  # fmt: skip
def test_security_a_credential_is_given_anew_to_go_elsewhere(world, settings, after, hosts):
    made = world.add(settings)
    with pytest.raises(InvalidConnectionError, match="give it again"):
        world.connections.update(ADMIN, made.id, fields(after, *hosts))
    assert world.connections.get("acme", made.id) == made


def test_two_changes_of_one_version(world):
    made = world.add(BEARER)
    world.connections.update(ADMIN, made.id, fields(BEARER, name="A"), 1)
    with pytest.raises(ConnectionChangedError):
        world.connections.update(ADMIN, made.id, fields(BEARER, name="B"), 1)
    assert len(world.secrets.values) == 1


def test_removing_one(world):
    made = world.add(BEARER)
    world.uses.names[made.id] = ["Greet", "Invoice"]
    with pytest.raises(ConnectionInUseError, match="Greet, Invoice"):
        world.connections.delete(ADMIN, made.id)
    world.connections.delete(ADMIN, made.id, force=True)
    assert world.secrets.values == {}
    assert world.tables.all("workflows") == []
    assert world.audited()[-1] == ("connection.removed", "jo")
    with pytest.raises(ConnectionNotFoundError):
        send(world, made)


def test_security_another_tenant_has_no_connection_of_ours(world, server):
    made = world.add(BEARER)
    assert world.connections.list("other") == []
    for attempt in (
        lambda: world.connections.get("other", made.id),
        lambda: world.connections.update(STRANGER, made.id, fields(BEARER)),
        lambda: world.connections.delete(STRANGER, made.id, force=True),
        lambda: send(world, made, tenant="other"),
        lambda: asyncio.run(world.trying.test(STRANGER, made.id)),
    ):
        with pytest.raises(ConnectionNotFoundError):
            attempt()
    assert server.calls == []
    assert len(world.secrets.values) == 1


def test_a_test_call_is_noted_without_the_answer(world, server):
    made = world.add(BEARER, test_url="https://api.example.com/me")
    told = asyncio.run(world.trying.test(ADMIN, made.id))
    assert (told.works, told.status) == (True, 200)
    assert world.connections.list("acme")[0].last_test == told
    server.failure = lambda call: HttpTransportError("Timeout", "no answer in 15 s")
    told = asyncio.run(world.trying.test(ADMIN, made.id))
    assert (told.works, told.message) == (False, "no answer in 15 s")
    assert ("connection.tested", "jo") in world.audited()
    world.connections.update(ADMIN, made.id, fields(BEARER, "other.example.com"))
    assert world.connections.get("acme", made.id).last_test is None


def test_a_test_without_an_address_says_so(world):
    with pytest.raises(InvalidConnectionError, match="test_url"):
        asyncio.run(world.trying.test(ADMIN, world.add(BEARER).id))


def test_a_secret_that_is_gone_is_said_in_a_test(world):
    made = world.add(BEARER, test_url="https://api.example.com/me")
    world.secrets.values.clear()
    told = asyncio.run(world.trying.test(ADMIN, made.id))
    assert told.message == "its secret is gone; give it again"


def test_lists_by_kind(world):
    world.add(BEARER)
    key = world.add(KEY)
    assert [one.id for one in world.connections.list("acme", ["api_key"])] == [key.id]
    assert asyncio.run(world.port().list(["api_key"])) == [(key.id, "Their CRM (api_key)")]
