"""Public keys of forms and webhooks."""

from __future__ import annotations

from fastapi import APIRouter

from functions.identity.bodies import NewPublicKey
from functions.identity.services import ServicesDep
from functions.identity.views import PublicKeysView
from functions.web.access import PrincipalDep, needs
from shared.identity.public_keys import PublicKey
from shared.identity.rights import Right

router = APIRouter(prefix="/auth/public-keys", tags=["keys"])


@router.post("/", status_code=201, dependencies=[needs(Right.KEYS_ADD)])
async def create(body: NewPublicKey, who: PrincipalDep, at: ServicesDep) -> PublicKey:
    """Makes a key that may stand in a page: it opens one purpose, at one rate."""
    return at.public_keys.create(who, body.name, body.purpose, body.per_minute, body.origins)


@router.get("/", dependencies=[needs(Right.KEYS_VIEW)])
async def public_keys(who: PrincipalDep, at: ServicesDep) -> PublicKeysView:
    """The tenant's public keys, the latest first."""
    return PublicKeysView(public_keys=at.public_keys.list(who.tenant))


@router.delete("/{key}/", dependencies=[needs(Right.KEYS_REVOKE)])
async def revoke(key: str, who: PrincipalDep, at: ServicesDep) -> PublicKey:
    """Ends a public key at once."""
    return at.public_keys.revoke(who, key)
