"""Public keys of forms, webhooks and mail."""

from __future__ import annotations

from fastapi import APIRouter

from functions.identity.bodies import NewPublicKey
from functions.identity.services import ServicesDep
from functions.identity.views import PublicKeysView, PublicKeyView
from functions.web.access import PrincipalDep, needs
from shared.identity.rights import Right

router = APIRouter(prefix="/auth/public-keys", tags=["keys"])


@router.post("/", status_code=201, dependencies=[needs(Right.KEYS_ADD)])
async def create(body: NewPublicKey, who: PrincipalDep, at: ServicesDep) -> PublicKeyView:
    """Makes a key that may stand in a page: it opens one purpose, at one rate."""
    made = at.public_keys.create(who, body.name, body.purpose, body.per_minute, body.origins)
    return PublicKeyView.of(made, at.mail_domain)


@router.get("/", dependencies=[needs(Right.KEYS_VIEW)])
async def public_keys(who: PrincipalDep, at: ServicesDep) -> PublicKeysView:
    """The tenant's public keys, the latest first."""
    found = at.public_keys.list(who.tenant)
    return PublicKeysView(public_keys=[PublicKeyView.of(one, at.mail_domain) for one in found])


@router.delete("/{key}/", dependencies=[needs(Right.KEYS_REVOKE)])
async def revoke(key: str, who: PrincipalDep, at: ServicesDep) -> PublicKeyView:
    """Ends a public key at once."""
    return PublicKeyView.of(at.public_keys.revoke(who, key), at.mail_domain)
