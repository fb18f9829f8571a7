"""Sessions: a sign-in, and the refresh tokens that keep it alive, each good for one use.

absent --open--> open --refresh--> open (with another token)
                  |  a token that was used before, the end of its time, close
                  v
                ended

The pool's own refresh token never leaves this side. It lies in the session's row, sealed with the
secret of the token that its holder has: the table alone opens no session.
"""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from cryptography.fernet import Fernet

from shared.identity.directory import Directory
from shared.identity.errors import NotSignedInError
from shared.identity.places import Places
from shared.identity.secret_tokens import SecretToken
from shared.platform.log import logger
from shared.platform.tables import (
    Absent,
    Delete,
    FieldIs,
    Item,
    Put,
    TablesBusyError,
    TransactionRefusedError,
)
from shared.platform.user_pool import PoolTokens, SignInRefusedError, UserPool

PREFIX: Final = "mrr"
KEPT: Final = timedelta(days=7)
REMEMBERED: Final = timedelta(days=30)
"""As long as the pool's own refresh tokens live."""
_ATTEMPTS: Final = 5
_OVER: Final = "this session is over; sign in again"

log = logger("identity")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a sign-in or a refresh gives."""

    tokens: PoolTokens
    refresh_token: SecretToken
    user_id: str


class Sessions:
    """The sessions of all users."""

    def __init__(
        self,
        places: Places,
        pool: UserPool,
        directory: Directory,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._at = places
        self._pool = pool
        self._directory = directory
        self._sleep = sleep

    def open(
        self, email: str, password: str, *, code: str | None = None, remember: bool = False
    ) -> SignedIn:
        """Signs somebody in.

        Raises:
            NotSignedInError: address, password or code is wrong, or they are a member of no tenant.
            SecondFactorError: the pool wants a code.
        """
        began = self._at.clock().timestamp()
        try:
            tokens = self._pool.sign_in(email, password, code)
        except SignInRefusedError:
            wrong = "e-mail address, password or code" if code else "e-mail address or password"
            raise NotSignedInError(f"{wrong} is wrong") from None
        user_id = self._pool.find(email)
        own = self._directory.membership(user_id) if user_id else None
        if user_id is None or own is None:
            raise NotSignedInError("you are a member of no tenant; ask for an invitation")
        tokens = self._valid(tokens, own.get("valid_from", 0), began)
        token = SecretToken.make(PREFIX)
        now = int(self._at.clock().timestamp())
        item = {
            **_key(token.id),
            "hash": token.hash,
            "pool_token": _seal(token, tokens.refresh_token),
            "user_id": user_id,
            "opened_at": now,
            "expires_at": now + int((REMEMBERED if remember else KEPT).total_seconds()),
        }
        self._at.tables.transact([Put(self._at.inbox, item, Absent())])
        return SignedIn(tokens, token, user_id)

    def refresh(self, text: str) -> SignedIn:
        """New tokens for a refresh token, which is spent with it.

        Raises:
            NotSignedInError: it is none of ours, or its session is over; one that was spent before
                ends its session, because two have it.
        """
        token, item = self._found(text)
        user_id = item["user_id"]
        own = self._directory.membership(user_id)
        if own is None or item["opened_at"] < own.get("valid_from", 0):
            self._end(token.id, "its user's sessions were ended")
            raise NotSignedInError(_OVER)
        try:
            tokens = self._pool.renew(_unseal(token, item["pool_token"]))
        except SignInRefusedError:
            self._end(token.id, "the pool ended it")
            raise NotSignedInError(_OVER) from None
        successor = SecretToken.make(PREFIX, token.id)
        sealed = _seal(successor, _unseal(token, item["pool_token"]))
        write = Put(
            self._at.inbox,
            {**item, "hash": successor.hash, "pool_token": sealed},
            FieldIs("hash", token.hash),
        )
        try:
            self._at.tables.transact([write])
        except TransactionRefusedError:
            self._end(token.id, "a refresh token was used twice at once")
            raise NotSignedInError(_OVER) from None
        return SignedIn(tokens, successor, user_id)

    def close(self, text: str) -> None:
        """Ends the session of a refresh token; one that is over stays so."""
        try:
            token, _ = self._found(text)
        except NotSignedInError:
            return
        self._end(token.id, "signed out")

    def end_all(self, user_id: str) -> None:
        """Ends every session of a user; tokens that were issued before open nothing any more."""
        for _ in range(_ATTEMPTS):
            own = self._directory.membership(user_id)
            if own is None:
                return
            # The next second: a token of this very one must not outlive it.
            until = int(self._at.clock().timestamp()) + 1
            step = {"valid_from": until, "version": own["version"] + 1}
            write = Put(self._at.identity, {**own, **step}, FieldIs("version", own["version"]))
            try:
                self._at.tables.transact([write])
            except TransactionRefusedError:
                continue  # a new role, or the end of the membership
            return
        raise TablesBusyError("the member is changed by many at once; try again")

    def _valid(self, tokens: PoolTokens, valid_from: int, began: float) -> PoolTokens:
        """Tokens of after the moment in which all sessions were ended; they count in seconds."""
        if began >= valid_from:
            return tokens
        self._sleep(max(0.0, valid_from - self._at.clock().timestamp()))
        later = self._pool.renew(tokens.refresh_token)
        return replace(later, refresh_token=tokens.refresh_token)

    def _found(self, text: str) -> tuple[SecretToken, Item]:
        token = SecretToken.read(text, PREFIX)
        item = self._at.tables.get(self._at.inbox, _key(token.id)) if token else None
        if token is None or item is None:
            raise NotSignedInError(_OVER)
        if item["expires_at"] <= self._at.clock().timestamp():
            raise NotSignedInError(_OVER)
        if not token.fits(item["hash"]):
            self._end(token.id, "a refresh token was used twice")
            raise NotSignedInError(_OVER)
        return token, item

    def _end(self, session: str, reason: str) -> None:
        self._at.tables.transact([Delete(self._at.inbox, _key(session))])
        log.info("session ended", session=session, reason=reason)


def _key(session: str) -> dict[str, str]:
    return {"pk": f"session#{session}"}


def _seal(token: SecretToken, text: str) -> str:
    return _box(token).encrypt(text.encode()).decode()


def _unseal(token: SecretToken, sealed: str) -> str:
    return _box(token).decrypt(sealed.encode()).decode()


def _box(token: SecretToken) -> Fernet:
    # Another hash than the stored one, or the table would hold the key to itself.
    digest = hashlib.sha256(f"seal:{token.secret}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
