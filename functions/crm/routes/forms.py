"""Public forms: what a page of anybody's may send, under a key that names the tenant."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from pydantic import BaseModel

from functions.crm.dependencies import ServicesDep
from functions.web.access import open_to_all
from functions.web.limits import WRITE, Limiter
from shared.crm.lead import NewLead
from shared.crm.leads import Caller
from shared.identity.principal import Principal
from shared.identity.public_keys import PublicKey
from shared.identity.rights import Right

router = APIRouter(tags=["forms"])
_ONLY: Final = frozenset({Right.LEADS_ADD})


class Received(BaseModel):
    """What a form is told: nothing that could be read with its key."""

    message: str
    lead_id: str


@router.post("/forms/{key}/leads/", status_code=201, dependencies=[open_to_all()])
async def submit(key: str, body: NewLead, request: Request, at: ServicesDep) -> Received:
    """Adds a lead to the tenant of a public key, at the key's rate."""
    found = at.public_keys.find(key, "form", request.headers.get("origin"))
    limiter: Limiter = request.app.state.limiter
    limiter.spend(request, f"{found.tenant}#{key}", 1, found.per_minute)
    limiter.charge(request, _principal(found), WRITE)
    event = request.scope.get("aws.event", {})
    request_id = event.get("requestContext", {}).get("requestId", "")
    lead = at.leads.create(Caller(_principal(found), request_id), _as_sent(body, found))
    return Received(message="Thank you", lead_id=lead.id)


def _principal(key: PublicKey) -> Principal:
    return Principal(key.tenant, key.key, "sales_rep", "key", _ONLY)


def _as_sent(body: NewLead, key: PublicKey) -> NewLead:
    """A form says who somebody is; where the card goes is the tenant's."""
    source = body.source or key.name
    return body.model_copy(update={"status": "Interest", "card_order": None, "source": source})
