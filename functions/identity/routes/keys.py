"""Keys of the API."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Response

from functions.identity.bodies import NewKey
from functions.identity.services import ServicesDep
from functions.identity.views import KeysView, KeyView, NewKeyView
from functions.web.access import PrincipalDep, needs
from shared.identity.rights import Right

router = APIRouter(prefix="/auth/api-keys", tags=["keys"])


@router.post("/", status_code=201, dependencies=[needs(Right.KEYS_ADD)])
async def create(
    body: NewKey, who: PrincipalDep, at: ServicesDep, response: Response
) -> NewKeyView:
    """Makes a key; its secret is in this answer and nowhere else."""
    response.headers["Cache-Control"] = "no-store"
    lasts = timedelta(days=body.expires_in_days)
    key, token = at.keys.create(who, body.name, frozenset(body.scopes), lasts)
    return NewKeyView.made(key, token)


@router.get("/", dependencies=[needs(Right.KEYS_VIEW)])
async def keys(who: PrincipalDep, at: ServicesDep) -> KeysView:
    """The tenant's keys, the latest first, without their secrets."""
    return KeysView(keys=[KeyView.of(key) for key in at.keys.list(who.tenant)])


@router.delete("/{key_id}/", dependencies=[needs(Right.KEYS_REVOKE)])
async def revoke(key_id: str, who: PrincipalDep, at: ServicesDep) -> KeyView:
    """Revokes a key, which opens nothing from within a minute on."""
    return KeyView.of(at.keys.revoke(who, key_id))
