"""Webhook endpoints: where a tenant has its events sent."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from functions.crm.dependencies import CallerDep, ServicesDep
from functions.crm.webhook_services import WebhooksDep
from functions.crm.webhook_views import (
    EndpointsView,
    EndpointWithSecret,
    WebhookType,
    WebhookTypesView,
)
from functions.web.access import PrincipalDep, needs
from shared.crm.idempotency import Answer
from shared.events.catalog import all_types
from shared.identity.rights import Right
from shared.webhooks.endpoint import Endpoint, EndpointFields
from shared.webhooks.endpoints import MOST, Also

router = APIRouter(prefix="/webhook-endpoints", tags=["webhooks out"])

Id = Annotated[str, Path(max_length=64)]
Limit = Annotated[int, Query(ge=1, le=MOST)]


@router.post("/", status_code=201, dependencies=[needs(Right.WEBHOOKS_ADD, cost=20)])
async def create(
    body: EndpointFields, caller: CallerDep, at: WebhooksDep, response: Response
) -> EndpointWithSecret:
    """Adds an endpoint; its secret is in this answer and in no other one."""
    with at.once.only(caller):
        also = _answered(caller, at, 201)
        made, secret = await at.endpoints.create(caller.principal, body, also)
    _headers(response, made)
    response.headers["Location"] = f"/webhook-endpoints/{made.id}/"
    return EndpointWithSecret.of(made, secret)


@router.get("/", dependencies=[needs(Right.WEBHOOKS_VIEW)])
async def listed(
    who: PrincipalDep,
    at: WebhooksDep,
    services: ServicesDep,
    cursor: str | None = None,
    limit: Limit = MOST,
) -> EndpointsView:
    """The endpoints, the oldest first."""
    bound = "webhook-endpoints"
    start, _ = services.cursors.open(who.tenant, bound, cursor)
    found, more = at.endpoints.page(who.tenant, limit=limit, start=start)
    return EndpointsView(endpoints=found, cursor=services.cursors.seal(who.tenant, bound, more))


@router.get("/types/", dependencies=[needs(Right.WEBHOOKS_VIEW)])
async def types() -> WebhookTypesView:
    """The types of events there are, each with a sample."""
    return WebhookTypesView(types=[WebhookType.of(kind) for kind in all_types()])


@router.get("/{endpoint_id}/", dependencies=[needs(Right.WEBHOOKS_VIEW)])
async def one(endpoint_id: Id, who: PrincipalDep, at: WebhooksDep, response: Response) -> Endpoint:
    """One endpoint."""
    return _headers(response, at.endpoints.get(who.tenant, endpoint_id))


@router.put("/{endpoint_id}/", dependencies=[needs(Right.WEBHOOKS_CHANGE, cost=20)])
async def update(
    endpoint_id: Id,
    body: EndpointFields,
    caller: CallerDep,
    at: WebhooksDep,
    response: Response,
) -> Endpoint:
    """Changes an endpoint; headers that are left out stay, unless they would go elsewhere."""
    made = await at.endpoints.update(caller.principal, endpoint_id, body, caller.if_match)
    return _headers(response, made)


@router.delete(
    "/{endpoint_id}/", status_code=204, dependencies=[needs(Right.WEBHOOKS_DELETE, cost=20)]
)
async def delete(endpoint_id: Id, caller: CallerDep, at: WebhooksDep) -> None:
    """Removes an endpoint; what waits for it is not sent."""
    at.endpoints.delete(caller.principal, endpoint_id, caller.if_match)


@router.post("/{endpoint_id}/rotate/", dependencies=[needs(Right.WEBHOOKS_CHANGE, cost=20)])
async def rotate(
    endpoint_id: Id, caller: CallerDep, at: WebhooksDep, response: Response
) -> EndpointWithSecret:
    """Gives an endpoint a new secret; for a day deliveries are signed with the old one too."""
    with at.once.only(caller):
        also = _answered(caller, at, 200)
        made, secret = at.endpoints.rotate(caller.principal, endpoint_id, caller.if_match, also)
    _headers(response, made)
    return EndpointWithSecret.of(made, secret)


@router.post("/{endpoint_id}/enable/", dependencies=[needs(Right.WEBHOOKS_CHANGE)])
async def enable(
    endpoint_id: Id, caller: CallerDep, at: WebhooksDep, response: Response
) -> Endpoint:
    """Lets an endpoint get events again, as if it had never failed."""
    return _headers(response, at.endpoints.enable(caller.principal, endpoint_id, caller.if_match))


def _headers(response: Response, made: Endpoint) -> Endpoint:
    response.headers["ETag"] = f'"{made.version}"'
    return made


def _answered(caller: CallerDep, at: WebhooksDep, status: int) -> Also:
    """What a repeated request is answered; a secret is kept nowhere, so it is without."""

    def answer(made: Endpoint) -> Answer:
        body = EndpointWithSecret.of(made, None).model_dump_json()
        return Answer(status, body, f'"{made.version}"')

    return lambda made: at.once.writes(caller, lambda: answer(made))
