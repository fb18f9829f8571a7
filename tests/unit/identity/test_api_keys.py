"""Keys of the API: what they open, and until when."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.identity.api_keys import LONGEST, PER_TENANT, ApiKeys
from shared.identity.credentials import LONGEST as LONGEST_CREDENTIAL
from shared.identity.credentials import Credentials
from shared.identity.errors import DeniedError, NotFoundError, UnusableError
from shared.identity.membership import Members
from shared.identity.principal import ForbiddenError, Principal
from shared.identity.rights import NEVER_IN_A_KEY, Right
from shared.identity.secret_tokens import SecretToken
from shared.platform.tables import Put
from tests.fakes.ports import MovedClock
from tests.fakes.tables import MemoryTables
from tests.fakes.tokens import signed, verifier

ADMIN = Principal("acme", "jo", "admin")
DAY = timedelta(days=1)


class Keyring:
    """Keys on tables in memory, and what opens with them."""

    def __init__(self) -> None:
        self.tables = MemoryTables()
        self.clock = MovedClock()
        self.keys = ApiKeys(self.tables, "identity", self.clock)
        self.credentials = Credentials(verifier(), Members(self.tables, "identity"), self.keys)

    def make(self, *scopes: Right, maker: Principal = ADMIN, lasts: timedelta = DAY):
        return self.keys.create(maker, "robot", scopes or (Right.LEADS_VIEW,), lasts)

    def opens(self, given: object) -> Principal:
        return self.credentials.principal(f"Api-Key {given}")


@pytest.fixture
def ring() -> Keyring:
    return Keyring()


def test_a_key_is_its_scopes_and_no_more(ring):
    key, token = ring.make(Right.LEADS_VIEW)
    who = ring.opens(token)
    assert (who.tenant, who.subject, who.kind, who.member) == ("acme", key.id, "key", None)
    assert who.rights == {Right.LEADS_VIEW}
    with pytest.raises(ForbiddenError, match="lacks the scope leads:add"):
        who.require(Right.LEADS_ADD)
    assert Principal.from_context(who.to_context()) == who


def test_the_secret_is_nowhere_but_in_the_answer(ring):
    _, token = ring.make()
    ring.opens(token)
    assert token.secret not in str(ring.tables.items)
    assert token.secret not in repr(token)
    assert token.hash in str(ring.tables.items)


@pytest.mark.parametrize("scope", sorted(NEVER_IN_A_KEY))
def test_no_key_may_make_another(ring, scope):
    with pytest.raises(ForbiddenError, match="no key may have"):
        ring.make(scope)


def test_nobody_gives_away_what_they_lack(ring):
    with pytest.raises(ForbiddenError, match="the role manager lacks leads:delete"):
        ring.make(Right.LEADS_DELETE, maker=Principal("acme", "m", "manager"))


@pytest.mark.parametrize("lasts", [timedelta(0), LONGEST + DAY])
def test_a_key_lasts_its_time(ring, lasts):
    with pytest.raises(UnusableError):
        ring.make(lasts=lasts)


def test_expired(ring):
    _, token = ring.make(lasts=DAY)
    ring.clock.move(days=1, seconds=-1)
    assert ring.opens(token)
    ring.clock.move(seconds=1)
    with pytest.raises(DeniedError, match="is expired"):
        ring.opens(token)


def test_revoked(ring):
    key, token = ring.make()
    assert ring.keys.revoke(ADMIN, key.id).revoked_at
    with pytest.raises(DeniedError, match="is revoked"):
        ring.opens(token)
    first = ring.keys.list("acme")[0].revoked_at
    ring.clock.move(hours=1)
    assert ring.keys.revoke(ADMIN, key.id).revoked_at == first


def test_of_another_tenant(ring):
    key, token = ring.make()
    with pytest.raises(NotFoundError):
        ring.keys.revoke(Principal("other", "x", "admin"), key.id)
    assert ring.opens(token)
    assert ring.keys.list("other") == []


def test_last_use_is_written_once_a_minute(ring):
    _, token = ring.make()
    assert ring.keys.list("acme")[0].last_used_at is None
    before = ring.tables.transactions
    for _ in range(6):
        ring.opens(token)
        ring.clock.move(seconds=20)
    assert ring.tables.transactions - before == 2
    assert ring.keys.list("acme")[0].last_used_at == "2026-03-01T12:01:00.000000Z"


def test_two_uses_at_once_are_no_error(ring):
    _, token = ring.make()

    def faster(writes) -> None:
        ring.tables.before_transact = lambda writes: None
        ring.tables.transact(writes)

    ring.tables.before_transact = faster
    assert ring.opens(token)


def test_a_tenant_has_so_many_keys(ring):
    for _ in range(PER_TENANT):
        last, _ = ring.make()
    with pytest.raises(UnusableError, match="revoke one"):
        ring.make()
    ring.keys.revoke(ADMIN, last.id)
    assert ring.make()


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Api-Key",
        "Api-Key ",
        "Api-Key mr_short",
        f"Api-Key mr_0123456789abcdef_{'s' * 43}",
        f"Api-Key mrr_0123456789abcdef_{'s' * 43}",
        "Basic dTpw",
        "Bearer",
        "Bearer x.y.z",
        "Token x.y.z",
        f"Bearer {'x' * (LONGEST_CREDENTIAL + 1)}",
    ],
)
def test_what_is_no_credential(ring, authorization):
    with pytest.raises(DeniedError):
        ring.credentials.principal(authorization)


def test_another_secret_for_a_key_that_exists(ring):
    key, _ = ring.make()
    with pytest.raises(DeniedError, match="unknown"):
        ring.opens(SecretToken.make("mr", key.id))


def test_a_denial_never_says_the_secret(ring):
    guessed = SecretToken.make("mr")
    with pytest.raises(DeniedError) as denied:
        ring.opens(guessed)
    assert guessed.secret not in str(denied.value)


def test_a_bearer_token_goes_by_membership(ring):
    ring.tables.transact(
        [
            Put(
                "identity",
                {"pk": "user#u1", "sk": "membership", "tenant": "acme", "role": "user"},
            )
        ]
    )
    for scheme in ("Bearer", "bearer", "BEARER"):
        assert ring.credentials.principal(f"{scheme} {signed()}") == Principal("acme", "u1", "user")
