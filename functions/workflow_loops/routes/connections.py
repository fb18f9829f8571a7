"""Connections to other services: who we are there, never shown once it was given."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from functions.web.access import PrincipalDep, needs, open_to_all
from functions.workflow_loops.connection_services import ConnectionServicesDep
from functions.workflow_loops.connection_views import AuthorizationView, ConnectionsView, KindsView
from functions.workflow_loops.services import CallerDep
from functions.workflow_loops.settings import settings
from functions.workflow_loops.setup_views import Id
from shared.connections.connection import Connection, ConnectionFields, Tested
from shared.connections.kinds import KINDS, Kind
from shared.identity.rights import Right

_DONE: Final = (
    "<!doctype html><meta charset=utf-8><title>Connected</title>"
    "<p>Connected. You can close this page.</p>"
)
_PAGE: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
"""The page's address has the code in it: nothing keeps or passes it on."""

router = APIRouter(prefix="/connections", tags=["connections"])


@router.post("/", status_code=201, dependencies=[needs(Right.CONNECTIONS_ADD)])
async def create(
    body: ConnectionFields, who: PrincipalDep, at: ConnectionServicesDep, response: Response
) -> Connection:
    """Adds a connection."""
    made = at.connections.create(who, body)
    response.headers["ETag"] = f'"{made.version}"'
    response.headers["Location"] = f"/connections/{made.id}/"
    return made


@router.get("/", dependencies=[needs(Right.CONNECTIONS_VIEW)])
async def connections(
    who: PrincipalDep,
    at: ConnectionServicesDep,
    kind: Annotated[list[Kind] | None, Query(max_length=4)] = None,
) -> ConnectionsView:
    """The connections, of some kinds or all."""
    return ConnectionsView(connections=at.connections.list(who.tenant, kind or ()))


@router.get("/kinds/", dependencies=[needs(Right.CONNECTIONS_VIEW)])
async def kinds() -> KindsView:
    """What is asked for each kind of connection."""
    return KindsView(kinds={name: kind.model_json_schema() for name, kind in KINDS.items()})


@router.get("/oauth2/callback/", response_class=HTMLResponse, dependencies=[open_to_all(cost=5)])
async def callback(
    at: ConnectionServicesDep,
    state: Annotated[str, Query(max_length=300)],
    code: Annotated[str, Query(max_length=4_000)] = "",
    error: Annotated[str, Query(max_length=200)] = "",
) -> HTMLResponse:
    """Where a service sends the person back to."""
    await at.authorizing.finish(state, code, error)
    return HTMLResponse(_DONE, headers=_PAGE)


@router.get("/{connection_id}/", dependencies=[needs(Right.CONNECTIONS_VIEW)])
async def connection(
    connection_id: Id, who: PrincipalDep, at: ConnectionServicesDep, response: Response
) -> Connection:
    """One connection."""
    found = at.connections.get(who.tenant, connection_id)
    response.headers["ETag"] = f'"{found.version}"'
    return found


@router.put("/{connection_id}/", dependencies=[needs(Right.CONNECTIONS_CHANGE)])
async def update(
    connection_id: Id,
    body: ConnectionFields,
    caller: CallerDep,
    at: ConnectionServicesDep,
    response: Response,
) -> Connection:
    """Changes a connection; a secret that is left out stays, unless it would go elsewhere."""
    made = at.connections.update(caller.principal, connection_id, body, caller.if_match)
    response.headers["ETag"] = f'"{made.version}"'
    return made


@router.delete(
    "/{connection_id}/", status_code=204, dependencies=[needs(Right.CONNECTIONS_DELETE, cost=50)]
)
async def delete(
    connection_id: Id, who: PrincipalDep, at: ConnectionServicesDep, *, force: bool = False
) -> None:
    """Removes a connection; one that workflows name only with `force`."""
    at.connections.delete(who, connection_id, force=force)


@router.post("/{connection_id}/test/", dependencies=[needs(Right.CONNECTIONS_CHANGE, cost=20)])
async def test(connection_id: Id, who: PrincipalDep, at: ConnectionServicesDep) -> Tested:
    """Asks for its test URL."""
    return await at.trying.test(who, connection_id)


@router.post("/{connection_id}/oauth2/start/", dependencies=[needs(Right.CONNECTIONS_CHANGE)])
async def start(
    connection_id: Id, who: PrincipalDep, at: ConnectionServicesDep, request: Request
) -> AuthorizationView:
    """Begins an authorization: the person opens the address of the answer."""
    base = settings().public_url or f"{request.url.scheme}://{request.url.netloc}"
    back = f"{base.rstrip('/')}/connections/oauth2/callback"
    address = at.authorizing.start(who, connection_id, back)
    return AuthorizationView(authorization_url=address)
