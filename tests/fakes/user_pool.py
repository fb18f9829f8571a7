"""A user pool in memory, whose tokens `tests.fakes.tokens.verifier` accepts."""

from __future__ import annotations

from shared.platform.user_pool import (
    PoolTokens,
    SecondFactorError,
    SignInRefusedError,
    UserExistsError,
    WeakPasswordError,
)
from tests.fakes.ports import MovedClock
from tests.fakes.tokens import signed

CODE = "123456"


class MemoryUserPool:
    """The port `UserPool`."""

    def __init__(self, clock: MovedClock) -> None:
        self._clock = clock
        self.passwords: dict[str, str] = {}
        self.refresh: dict[str, str] = {}
        self.second_factor: set[str] = set()

    def create(self, email: str, password: str) -> str:
        if email in self.passwords:
            raise UserExistsError
        self.set_password(email, password)
        return subject(email)

    def find(self, email: str) -> str | None:
        return subject(email) if email in self.passwords else None

    def sign_in(self, email: str, password: str, code: str | None = None) -> PoolTokens:
        if self.passwords.get(email) != password:
            raise SignInRefusedError
        if email in self.second_factor:
            if code is None:
                raise SecondFactorError
            if code != CODE:
                raise SignInRefusedError
        token = f"pool-refresh-{len(self.refresh)}"
        self.refresh[token] = email
        return self._tokens(email, token)

    def renew(self, refresh_token: str) -> PoolTokens:
        if refresh_token not in self.refresh:
            raise SignInRefusedError
        return self._tokens(self.refresh[refresh_token], "")

    def set_password(self, email: str, password: str) -> None:
        if len(password) < 12:
            raise WeakPasswordError("Password not long enough")
        self.passwords[email] = password

    def _tokens(self, email: str, refresh: str) -> PoolTokens:
        at = self._clock().timestamp()
        claims = {"sub": subject(email), "iat": at}
        return PoolTokens(
            signed(**claims), signed(token_use="id", aud="client", **claims), 3600, refresh
        )


def subject(email: str) -> str:
    """The `sub` of a user."""
    return f"sub-of-{email}"
