"""Requests with a connection's credential: the only place where one leaves Millrace."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from shared.connections import rows
from shared.connections.connection import Connection, Tested
from shared.connections.connections import Connections, Places, read, settings_of
from shared.connections.credential import Credential
from shared.connections.errors import (
    CredentialRefusedError,
    InvalidConnectionError,
    NotAuthorizedError,
)
from shared.connections.hosts import check_destination
from shared.connections.kinds import Kind, OAuth2
from shared.identity.audit import Audit
from shared.identity.principal import Principal
from shared.platform.clock import iso
from shared.platform.http import (
    EgressRefusedError,
    Http,
    HttpAnswer,
    HttpCall,
    HttpTooLargeError,
    HttpTransportError,
)
from shared.platform.secrets import SecretGoneError
from shared.platform.tables import Item, Put

_TEST_SECONDS: Final = 15
_UNAUTHORIZED: Final = 401


class Tokens(Protocol):
    """Access of OAuth2 connections."""

    async def access(self, tenant: str, item: Item, settings: OAuth2, stale: str = "") -> str:
        """A token that is good for a while; one that was `stale` only if there can be no other.

        Raises:
            NotAuthorizedError: nobody granted access, or it was taken back.
            HttpTransportError: whoever gives tokens could not be reached.
        """


@dataclass(frozen=True, slots=True)
class Sending:
    """Sends requests with credentials."""

    at: Places
    tokens: Tokens

    async def send(self, tenant: str, connection_id: str, call: HttpCall, http: Http) -> HttpAnswer:
        """The answer, without the credential wherever the server repeats it.

        Raises:
            ConnectionNotFoundError, NotAuthorizedError, SecretGoneError.
            CredentialRefusedError: the credential is not meant for that server.
            HttpTransportError, HttpTooLargeError, EgressRefusedError: see `Http`.
        """
        item = read(self.at, tenant, connection_id)
        check_destination(call.url, item["hosts"], plain=self.at.private)
        settings = settings_of(self.at, item)
        if not isinstance(settings, OAuth2):
            return await _send(Credential.of(settings), call, http)
        token = await self.tokens.access(tenant, item, settings)
        answer = await _send(Credential.bearer(token), call, http)
        if answer.status != _UNAUTHORIZED:
            return answer
        newer = await self.tokens.access(tenant, item, settings, stale=token)
        return answer if newer == token else await _send(Credential.bearer(newer), call, http)


async def _send(credential: Credential, call: HttpCall, http: Http) -> HttpAnswer:
    try:
        return credential.hidden_in(await http.send(credential.put_on(call)))
    except HttpTransportError as error:
        failure: Exception = HttpTransportError(error.error_type, credential.hide(str(error)))
    except (EgressRefusedError, HttpTooLargeError) as error:
        failure = type(error)(credential.hide(str(error)))
    raise failure  # outside of the clauses above: no error behind it holds the address


@dataclass(frozen=True, slots=True)
class TenantConnections:
    """The port `Connections` of nodes, for one tenant."""

    tenant: str
    connections: Connections
    sending: Sending

    async def list(self, kinds: Sequence[Kind] = ()) -> Sequence[tuple[str, str]]:
        """Ids and names of the connections of some kinds, or of all."""
        found = self.connections.list(self.tenant, kinds)
        return [(one.id, f"{one.name} ({one.kind})") for one in found]

    async def send(self, connection: str, call: HttpCall, http: Http) -> HttpAnswer:
        """See `Sending.send`."""
        return await self.sending.send(self.tenant, connection, call, http)


class Trying:
    """Test calls."""

    def __init__(
        self, at: Places, connections: Connections, sending: Sending, http: Http, audit: Audit
    ) -> None:
        self._at, self._connections, self._sending = at, connections, sending
        self._http, self._audit = http, audit

    async def test(self, who: Principal, connection_id: str) -> Tested:
        """Asks for the test URL and notes what came of it; nothing of the answer's body is shown.

        Raises:
            ConnectionNotFoundError: there is none.
            InvalidConnectionError: it names nothing to ask for.
        """
        found = self._connections.get(who.tenant, connection_id)
        if found.test_url is None:
            raise InvalidConnectionError("test_url", "write what a test asks for")
        call = HttpCall("GET", found.test_url, timeout=_TEST_SECONDS, max_bytes=1_000_000)
        told = await self._told(lambda: self._sending.send(who.tenant, found.id, call, self._http))
        self._note(who, found, told)
        return told

    async def _told(self, send: Callable[[], Awaitable[HttpAnswer]]) -> Tested:
        now = iso(self._at.clock())
        try:
            answer = await send()
        except (
            CredentialRefusedError, EgressRefusedError, HttpTooLargeError, HttpTransportError,
            NotAuthorizedError, SecretGoneError,
        ) as error:  # fmt: skip
            return Tested(works=False, message=_readable(error), at=now)
        works = answer.status < 300
        told = "accepted" if works else "refused" if answer.status in (401, 403) else "answered"
        message = f"the server {told} with status {answer.status}"
        return Tested(works=works, status=answer.status, message=message, at=now)

    def _note(self, who: Principal, found: Connection, told: Tested) -> None:
        row = {**rows.key(who.tenant, rows.TEST, found.id), **told.model_dump(exclude_none=True)}
        facts = {"works": str(told.works).lower(), "message": told.message}
        said = self._audit.entry(who.tenant, who.subject, "connection.tested", found.id, **facts)
        self._at.tables.transact([Put(self._at.table, row), said])


def _readable(error: Exception) -> str:
    if isinstance(error, SecretGoneError):
        return "its secret is gone; give it again"
    return str(error)
