"""Forgotten passwords: a token by mail, good for an hour and for one use.

Our own instead of the pool's, so that the mail, its language and its limits are ours, and the same
answer is given whoever asks for whom.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from shared.identity.errors import UnusableError
from shared.identity.letters import Letters
from shared.identity.places import Places
from shared.identity.secret_tokens import SecretToken
from shared.identity.sessions import Sessions
from shared.platform.tables import Absent, Delete, FieldIs, Put, TransactionRefusedError
from shared.platform.user_pool import UserPool

PREFIX: Final = "mrp"
KEPT: Final = timedelta(hours=1)


class Passwords:
    """Passwords that were forgotten."""

    def __init__(
        self, places: Places, pool: UserPool, sessions: Sessions, letters: Letters
    ) -> None:
        self._at = places
        self._pool = pool
        self._sessions = sessions
        self._letters = letters

    def forgot(self, email: str) -> None:
        """Sends a token to the address, if somebody has it; nobody is told whether."""
        user_id = self._pool.find(email)
        if user_id is None:
            return
        token = SecretToken.make(PREFIX)
        item = {
            **_key(token),
            "hash": token.hash,
            "email": email,
            "user_id": user_id,
            "expires_at": int((self._at.clock() + KEPT).timestamp()),
        }
        self._at.tables.transact([Put(self._at.inbox, item, Absent())])
        self._letters.reset(user_id, email, token)

    def reset(self, text: str, password: str) -> None:
        """Sets a new password and ends every session.

        Raises:
            UnusableError: the token is none, or was used, or is too old.
            WeakPasswordError: the pool's policy refuses the password; the token stays good.
        """
        token = SecretToken.read(text, PREFIX)
        item = self._at.tables.get(self._at.inbox, _key(token)) if token else None
        late = item is None or item["expires_at"] <= self._at.clock().timestamp()
        if token is None or item is None or late or not token.fits(item["hash"]):
            raise _unusable()
        self._pool.set_password(item["email"], password)
        self._sessions.end_all(item["user_id"])
        try:
            used = Delete(self._at.inbox, _key(token), FieldIs("hash", token.hash))
            self._at.tables.transact([used])
        except TransactionRefusedError:
            raise _unusable() from None


def _unusable() -> UnusableError:
    return UnusableError("token", "not a token that is still good", "ask for a new one")


def _key(token: SecretToken) -> dict[str, str]:
    return {"pk": f"reset#{token.id}"}
