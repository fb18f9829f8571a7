"""Public forms: what a page of anybody's may send, under a key that names the tenant."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from functions.crm.dependencies import Services, ServicesDep
from functions.web.access import open_to_all
from functions.web.limits import Limiter
from functions.web.rules import WRITE
from shared.crm.business_lead import as_lead
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


class Submitted(BaseModel):
    """What the form of seed 000 is told."""

    success: bool
    message: str


@router.post("/forms/{key}/leads/", status_code=201, dependencies=[open_to_all()])
async def submit(key: str, body: NewLead, request: Request, at: ServicesDep) -> Received:
    """Adds a lead to the tenant of a public key, at the key's rate."""
    return Received(message="Thank you", lead_id=_add(key, body, request, at))


@router.post("/forms/{key}/submit-business-lead/", dependencies=[open_to_all()])
async def submit_business_lead(
    key: str, body: dict[str, Any], request: Request, at: ServicesDep
) -> Submitted:
    """Adds a lead from the form of seed 000, whose eight fields are all required."""
    _add(key, as_lead(body), request, at)
    return Submitted(success=True, message="Business lead submitted successfully")


@router.post("/submit-business-lead/", dependencies=[open_to_all()])
async def submit_keyed_business_lead(
    key: Annotated[str, Query(description="The form's public key.")],
    body: dict[str, Any],
    request: Request,
    at: ServicesDep,
) -> Submitted:
    """The same under the path of seed 000, with the public key beside it."""
    return await submit_business_lead(key, body, request, at)


def _add(key: str, body: NewLead, request: Request, at: Services) -> str:
    found = at.public_keys.find(key, "form", request.headers.get("origin"))
    limiter: Limiter = request.app.state.limiter
    limiter.spend(request, f"{found.tenant}#{key}", 1, found.per_minute)
    limiter.charge(request, _principal(found), WRITE)
    event = request.scope.get("aws.event", {})
    request_id = event.get("requestContext", {}).get("requestId", "")
    return at.leads.create(Caller(_principal(found), request_id), _as_sent(body, found)).id


def _principal(key: PublicKey) -> Principal:
    return Principal(key.tenant, key.key, "sales_rep", "key", _ONLY)


def _as_sent(body: NewLead, key: PublicKey) -> NewLead:
    """A form says who somebody is; where the card goes is the tenant's."""
    source = body.source or key.name
    return body.model_copy(update={"status": "Interest", "card_order": None, "source": source})
