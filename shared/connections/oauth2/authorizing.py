"""A person grants access: sent to the service with a state and a challenge, and back with a code.

start --state row, ten minutes--> the service asks the person --code--> finish: the row is used up
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode
from typing import Final

from shared.connections.connections import Places, read, settings_of
from shared.connections.errors import InvalidConnectionError, NotAuthorizedError
from shared.connections.kinds import OAuth2
from shared.connections.oauth2.endpoint import ask, error_code
from shared.connections.oauth2.grants import Grants
from shared.identity.audit import Audit
from shared.identity.principal import Principal
from shared.platform.http import Http
from shared.platform.tables import Delete, FieldIs, Item, Put, TransactionRefusedError

_MINUTES: Final = 10


class InvalidStateError(Exception):
    """Nobody is being sent to a service with this state: it is used, over, or was never given."""

    def __init__(self) -> None:
        super().__init__("this authorization is over or was never begun; start it anew")


class Authorizing:
    """Sends people to services, and takes what they come back with."""

    def __init__(self, at: Places, http: Http, audit: Audit) -> None:
        self._at, self._http, self._audit, self._grants = at, http, audit, Grants(at)

    def start(self, who: Principal, connection_id: str, redirect_uri: str) -> str:
        """The address that the person must open.

        Raises:
            ConnectionNotFoundError: there is none.
            InvalidConnectionError: it needs nobody's consent.
        """
        import httpx

        item = read(self._at, who.tenant, connection_id)
        settings = settings_of(self._at, item)
        if not isinstance(settings, OAuth2) or not settings.authorize_url:
            mend = "only oauth2 with the grant authorization_code asks people"
            raise InvalidConnectionError("settings.kind", mend)
        word, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        row = {
            **_key(who.tenant, word), "connection": connection_id, "epoch": item["epoch"],
            "user": who.subject, "verifier": verifier, "redirect_uri": redirect_uri,
            "expires_at": int(self._at.clock().timestamp()) + _MINUTES * 60,
        }  # fmt: skip
        self._at.tables.transact([Put(self._at.expiring, row)])
        asked = {
            **settings.parameters,
            "response_type": "code",
            "client_id": settings.client_id,
            "redirect_uri": redirect_uri,
            "state": f"{who.tenant}.{word}",
            "code_challenge": _challenge(verifier),
            "code_challenge_method": "S256",
        }
        asked |= {"scope": " ".join(settings.scopes)} if settings.scopes else {}
        return str(httpx.URL(settings.authorize_url).copy_merge_params(asked))

    async def finish(self, state: str, code: str, error: str = "") -> str:
        """Takes the code of a person who came back; the name of the connection.

        Raises:
            InvalidStateError: nobody was sent with this state, or they have come back already.
            NotAuthorizedError: the person, or the service, refused.
            HttpTransportError: the service gave no tokens.
            ConnectionNotFoundError: it was removed meanwhile.
        """
        tenant, row = self._used(state)
        item = read(self._at, tenant, row["connection"])
        settings = settings_of(self._at, item)
        if item["epoch"] != row["epoch"] or not isinstance(settings, OAuth2):
            raise InvalidStateError
        if error or not code:
            raise NotAuthorizedError(f"the service said {error_code(error)}; start it anew")
        form = {"grant_type": "authorization_code", "code": code}
        form |= {"redirect_uri": row["redirect_uri"], "code_verifier": row["verifier"]}
        tokens = await ask(self._http, settings, form)
        said = self._audit.entry(
            tenant, row["user"], "connection.authorized", item["id"], name=item["name"]
        )
        self._grants.keep(self._grants.read(tenant, item), tokens, also=[said])
        return str(item["name"])

    def _used(self, state: str) -> tuple[str, Item]:
        tenant, _, word = state.rpartition(".")
        key = _key(tenant, word)
        row = self._at.tables.get(self._at.expiring, key)
        if not tenant or row is None or row["expires_at"] < self._at.clock().timestamp():
            raise InvalidStateError
        try:
            same = FieldIs("verifier", row["verifier"])
            self._at.tables.transact([Delete(self._at.expiring, key, same)])
        except TransactionRefusedError:
            raise InvalidStateError from None
        return tenant, row


def _key(tenant: str, word: str) -> dict[str, str]:
    return {"pk": f"{tenant}#oauth2#{hashlib.sha256(word.encode()).hexdigest()}"}


def _challenge(verifier: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
