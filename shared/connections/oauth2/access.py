"""Access tokens for runs: many may ask at once, one renews."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from shared.connections.connections import Places
from shared.connections.errors import NotAuthorizedError
from shared.connections.kinds import OAuth2
from shared.connections.oauth2.endpoint import Tokens, ask
from shared.connections.oauth2.grants import Grant, Grants, LostLeaseError
from shared.platform.http import Http, HttpTransportError
from shared.platform.tables import Item

_LOOKS: Final = 120
_PAUSE: Final = 0.25
"""Seconds between two looks: together as long as a lease."""

Sleep = Callable[[float], Awaitable[None]]


class Access:
    """The port `Tokens` of `Sending`."""

    def __init__(self, at: Places, http: Http, sleep: Sleep = asyncio.sleep) -> None:
        self._grants, self._http, self._sleep = Grants(at), http, sleep

    async def access(self, tenant: str, item: Item, settings: OAuth2, stale: str = "") -> str:
        """See `Tokens.access`."""
        for _ in range(_LOOKS):
            grant = self._grants.read(tenant, item)
            if grant.status in ("refused", "absent", "unauthorized"):
                _check_asked(grant, settings)
            held = self._grants.held(grant)
            good = held and (held.access != stale or not _is_renewable(held, settings))
            if held and good and self._grants.is_fresh(grant):
                return held.access
            lease = self._grants.lease(grant)
            if lease is not None:
                return await self._renew(grant, lease, settings, held)
            await self._sleep(_PAUSE)
        raise HttpTransportError("TokensBusy", "another run renews the access; try again")

    async def _renew(self, grant: Grant, lease: str, settings: OAuth2, held: Tokens | None) -> str:
        try:
            given = await ask(self._http, settings, _form(settings, held))
        except NotAuthorizedError:
            self._grants.refuse(grant, lease)
            raise
        except BaseException:  # also a run that is cancelled: the next one need not wait
            self._grants.release(grant, lease)
            raise
        # A server that rotates gives a new one; another expects the old one again.
        refresh = given.refresh or (held.refresh if held else None)
        try:
            self._grants.keep(grant, Tokens(given.access, refresh, given.seconds), lease)
        except LostLeaseError:
            told = "the connection was changed meanwhile; try again"
            raise HttpTransportError("TokensBusy", told) from None
        return given.access


def _is_renewable(held: Tokens, settings: OAuth2) -> bool:
    return settings.grant == "client_credentials" or held.refresh is not None


def _check_asked(grant: Grant, settings: OAuth2) -> None:
    """Only what a person granted is missing for good: a client may always ask for itself."""
    if settings.grant == "client_credentials":
        return
    what = "took the authorization back" if grant.status == "refused" else "was not asked yet"
    told = f"the service {what}; authorize the connection {grant.connection['name']!r} anew"
    raise NotAuthorizedError(told)


def _form(settings: OAuth2, held: Tokens | None) -> dict[str, str]:
    scope = {"scope": " ".join(settings.scopes)} if settings.scopes else {}
    if settings.grant == "client_credentials":
        return {**settings.parameters, "grant_type": "client_credentials", **scope}
    if held is None or held.refresh is None:
        raise NotAuthorizedError("the access is over and cannot be renewed; authorize it anew")
    return {"grant_type": "refresh_token", "refresh_token": held.refresh}
