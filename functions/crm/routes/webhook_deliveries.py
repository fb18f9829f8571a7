"""What was sent to webhook endpoints: the log, replays, recoveries and counts."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query

from functions.crm.dependencies import CallerDep, ServicesDep
from functions.crm.routes.webhook_endpoints import Id
from functions.crm.webhook_services import WebhooksDep
from functions.crm.webhook_views import (
    DeliveriesView,
    DeliveryView,
    NewRecovery,
    RecoveryView,
    SampleBody,
    StatsView,
)
from functions.web.access import PrincipalDep, needs
from functions.web.problems import BadRequestError
from shared.crm.idempotency import Answer
from shared.events.catalog.registry import UnknownEventTypeError
from shared.identity.rights import Right
from shared.platform.clock import iso
from shared.webhooks.delivery import Status
from shared.webhooks.rows import KEPT
from shared.webhooks.stats import days

router = APIRouter(prefix="/webhook-endpoints", tags=["webhooks out"])

Limit = Annotated[int, Query(ge=1, le=100)]
DeliveryId = Annotated[str, Path(max_length=120)]


@router.get("/deliveries/", dependencies=[needs(Right.WEBHOOKS_VIEW)])
async def of_event(
    who: PrincipalDep, at: WebhooksDep, event: Annotated[str, Query(max_length=100)]
) -> DeliveriesView:
    """Where an event went."""
    found = at.deliveries.of_event(who.tenant, event)
    return DeliveriesView(deliveries=[DeliveryView.of(one) for one in found], cursor=None)


@router.post(
    "/{endpoint_id}/test/", status_code=202, dependencies=[needs(Right.WEBHOOKS_CHANGE, cost=20)]
)
async def try_out(
    endpoint_id: Id, caller: CallerDep, at: WebhooksDep, body: SampleBody | None = None
) -> DeliveryView:
    """Sends a type's sample, marked as a test; what came of it stands in the delivery."""
    asked = body or SampleBody()
    with at.once.only(caller):
        try:
            made = at.deliveries.test(
                caller.principal.tenant,
                endpoint_id,
                asked.type,
                lambda made: at.once.writes(caller, lambda: _answer(DeliveryView.of(made))),
            )
        except UnknownEventTypeError as error:
            raise BadRequestError("type", str(error), "take a known one") from None
    return DeliveryView.of(made)


@router.get("/{endpoint_id}/deliveries/", dependencies=[needs(Right.WEBHOOKS_VIEW)])
async def listed(
    endpoint_id: Id,
    who: PrincipalDep,
    at: WebhooksDep,
    services: ServicesDep,
    status: Status | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> DeliveriesView:
    """Deliveries of the last 30 days, the latest event first.

    A page of one status may hold fewer than `limit` though a cursor tells of more.
    """
    at.endpoints.get(who.tenant, endpoint_id)
    bound = f"deliveries:{endpoint_id}:{status}"
    start, _ = services.cursors.open(who.tenant, bound, cursor)
    found, more = at.deliveries.page(
        who.tenant, endpoint_id, limit=limit, start=start, status=status
    )
    return DeliveriesView(
        deliveries=[DeliveryView.of(one) for one in found],
        cursor=services.cursors.seal(who.tenant, bound, more),
    )


@router.get("/{endpoint_id}/deliveries/{delivery_id}/", dependencies=[needs(Right.WEBHOOKS_VIEW)])
async def one(
    endpoint_id: Id, delivery_id: DeliveryId, who: PrincipalDep, at: WebhooksDep
) -> DeliveryView:
    """One delivery with its tries."""
    return DeliveryView.of(at.deliveries.get(who.tenant, endpoint_id, delivery_id))


@router.post(
    "/{endpoint_id}/deliveries/{delivery_id}/replay/",
    status_code=202,
    dependencies=[needs(Right.WEBHOOKS_CHANGE)],
)
async def replay(
    endpoint_id: Id, delivery_id: DeliveryId, caller: CallerDep, at: WebhooksDep
) -> DeliveryView:
    """Sends a delivery once more under the same `webhook-id`, whether it failed or not."""
    with at.once.only(caller):
        made = at.deliveries.again(
            caller.principal.tenant,
            endpoint_id,
            delivery_id,
            lambda made: at.once.writes(caller, lambda: _answer(DeliveryView.of(made))),
        )
    return DeliveryView.of(made)


@router.post(
    "/{endpoint_id}/recoveries/",
    status_code=202,
    dependencies=[needs(Right.WEBHOOKS_CHANGE, cost=50)],
)
async def recover(
    endpoint_id: Id, body: NewRecovery, caller: CallerDep, at: WebhooksDep
) -> RecoveryView:
    """Sends again what failed to reach an endpoint since a moment, as a job."""
    who = caller.principal
    if body.since < at.deliveries.clock() - KEPT:
        raise BadRequestError("since", "deliveries are kept for 30 days", "send a later moment")
    with at.once.only(caller):
        made = at.recoveries.start(
            who.tenant,
            endpoint_id,
            body.since,
            who.subject,
            lambda made: at.once.writes(caller, lambda: _answer(RecoveryView.of(made))),
        )
    return RecoveryView.of(made)


@router.get("/{endpoint_id}/recoveries/{recovery_id}/", dependencies=[needs(Right.WEBHOOKS_VIEW)])
async def recovery(
    endpoint_id: Id, recovery_id: Id, who: PrincipalDep, at: WebhooksDep
) -> RecoveryView:
    """One recovery, and how far it is."""
    return RecoveryView.of(at.recoveries.get(who.tenant, endpoint_id, recovery_id))


@router.get("/{endpoint_id}/stats/", dependencies=[needs(Right.WEBHOOKS_VIEW)])
async def stats(
    endpoint_id: Id,
    who: PrincipalDep,
    at: WebhooksDep,
    last: Annotated[int, Query(ge=1, le=90, description="Days")] = 30,
) -> StatsView:
    """What was delivered and what failed, by day."""
    at.endpoints.get(who.tenant, endpoint_id)
    since = iso(at.deliveries.clock() - timedelta(days=last - 1))[:10]
    table = at.deliveries.table
    return StatsView(days=list(days(at.deliveries.tables, table, who.tenant, endpoint_id, since)))


def _answer(made: DeliveryView | RecoveryView) -> Answer:
    return Answer(202, made.model_dump_json(), None)
