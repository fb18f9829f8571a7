"""The pool's keys: asked for rarely, known for a bounded time."""

from __future__ import annotations

import pytest

from shared.identity.errors import DeniedError
from shared.identity.signing_keys import AGAIN_SECONDS, KEPT_SECONDS, SigningKeys
from tests.fakes.tokens import key_set, signed


class Pool:
    """A pool whose keys change, and that may be out of reach."""

    def __init__(self) -> None:
        self.kids = ["k1"]
        self.asked = 0
        self.now = 0.0
        self.reachable = True
        self.keys = SigningKeys(self.fetch, lambda: self.now)

    def fetch(self):
        self.asked += 1
        if not self.reachable:
            raise TimeoutError
        return key_set(*self.kids)

    def knows(self, kid: str) -> bool:
        try:
            return bool(self.keys.key_of(signed(kid=kid)))
        except DeniedError:
            return False


def test_keys_are_fetched_once_in_their_time():
    pool = Pool()
    assert all(pool.knows("k1") for _ in range(5))
    assert pool.asked == 1
    pool.now = KEPT_SECONDS
    assert pool.knows("k1")
    assert pool.asked == 2


def test_a_new_key_is_found_and_strangers_do_not_make_us_ask():
    pool = Pool()
    assert pool.knows("k1")
    pool.kids = ["k1", "k2"]
    pool.now = AGAIN_SECONDS - 1
    assert not pool.knows("k2")
    assert pool.asked == 1
    pool.now = AGAIN_SECONDS
    assert pool.knows("k2")
    assert not any(pool.knows(f"stranger {n}") for n in range(20))
    assert pool.asked == 2


def test_a_key_that_was_given_up_is_forgotten_in_time():
    pool = Pool()
    assert pool.knows("k1")
    pool.kids = ["k2"]
    pool.now = KEPT_SECONDS
    assert not pool.knows("k1")


def test_out_of_reach():
    pool = Pool()
    assert pool.knows("k1")
    pool.reachable = False
    pool.now = AGAIN_SECONDS
    assert not pool.knows("k2")
    assert pool.knows("k1"), "what is known stays in force"
    pool.now = KEPT_SECONDS
    assert not pool.knows("k1"), "but not for ever"
    pool.reachable = True
    assert pool.knows("k1"), "the next token asks again at once"


def test_only_rsa_keys_are_taken():
    keys = SigningKeys(lambda: {"keys": [{"kty": "oct", "kid": "k1", "k": "c2VjcmV0"}]})
    with pytest.raises(DeniedError):
        keys.key_of(signed())
