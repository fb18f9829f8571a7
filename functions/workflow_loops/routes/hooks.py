"""Webhooks: addresses that start workflows, and what their owners do with them."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from functions.web.access import PrincipalDep, needs, open_to_all
from functions.web.limits import Limiter
from functions.web.problems import BadRequestError, problem
from functions.web.rules import WRITE
from functions.workflow_loops.building import BuildingDep
from functions.workflow_loops.executing import Executing, ExecutingDep
from functions.workflow_loops.raw import raw_response
from functions.workflow_loops.services import CallerDep
from functions.workflow_loops.settings import settings
from functions.workflow_loops.webhook_views import (
    AcceptedView,
    Listening,
    Protection,
    TestCallsView,
    WebhooksView,
    WebhookView,
)
from shared.crm.idempotency import Attempt
from shared.identity.principal import Principal
from shared.identity.rights import Right
from shared.workflows.executions.errors import PublisherError
from shared.workflows.executions.execution import Cause
from shared.workflows.executions.starting import Order
from shared.workflows.webhooks.calls import replay_key
from shared.workflows.webhooks.intake import Arrived
from shared.workflows.webhooks.webhook import METHODS, Webhook, WebhookClosedError

router = APIRouter(tags=["webhooks"])
_WAYS: Final = {"/webhooks/{webhook_id}/": "call", "/webhooks/{webhook_id}/test/": "test"}


async def receive(
    webhook_id: str, request: Request, at: BuildingDep, runs: ExecutingDep
) -> Response:
    """Starts a run of the workflow; it answers itself if it has an HTTP response node."""
    webhook = at.webhooks.find(webhook_id)
    _charge(request, webhook)
    arrived = await _arrived(request)
    accepted = at.intake.accepted(webhook, at.intake.known(webhook, arrived))
    key = replay_key(arrived.headers)
    said = f"{arrived.method} {request.url.path} {arrived.body.hex()}"
    order = Order(
        webhook.tenant, webhook.workflow_id, accepted.given,
        Cause(kind="webhook", id=webhook.node_id),
        attempt=Attempt(f"webhook:{webhook.hash}", key, said) if key else None,
    )  # fmt: skip
    try:
        if accepted.answers:
            return await _waited(runs, webhook, order)
        made = runs.starting.start(order)
    except PublisherError:
        told = "whoever published the workflow may not publish any more; the call was not kept"
        raise WebhookClosedError(told) from None
    return _accepted(webhook, made.id)


async def receive_test(webhook_id: str, request: Request, at: BuildingDep) -> Response:
    """Shows one call to whoever waits for it; nothing is run."""
    webhook = at.webhooks.find(webhook_id)
    _charge(request, webhook)
    at.trial_calls.came(webhook, at.intake.known(webhook, await _arrived(request)))
    return _accepted(webhook, None)


@router.get("/workflow/{workflow_id}/webhook/", dependencies=[needs(Right.WORKFLOWS_CHANGE)])
async def webhooks(
    workflow_id: str, request: Request, caller: CallerDep, at: BuildingDep
) -> WebhooksView:
    """The webhooks of the draft's webhook nodes; an address that nobody read yet is made now."""
    tenant = caller.principal.tenant
    at.workflows.expected(caller, workflow_id, Right.WORKFLOWS_CHANGE)
    found = at.webhooks.ensure(tenant, workflow_id, at.workflows.draft(tenant, workflow_id))
    base = _base(request)
    return WebhooksView(webhooks=[WebhookView.of(one, base) for one in found])


@router.put(
    "/workflow/{workflow_id}/webhook/{node_id}/", dependencies=[needs(Right.WORKFLOWS_PUBLISH)]
)
async def protect(
    workflow_id: str,
    node_id: str,
    body: Protection,
    request: Request,
    caller: CallerDep,
    at: BuildingDep,
) -> WebhookView:
    """Says who may call, at once also for what is published; a secret is shown this once."""
    tenant = caller.principal.tenant
    at.workflows.expected(caller, workflow_id, Right.WORKFLOWS_PUBLISH)
    at.webhooks.ensure(tenant, workflow_id, at.workflows.draft(tenant, workflow_id))
    found, secret = at.webhooks.protect(
        tenant, workflow_id, node_id, body.auth, body.methods, body.per_minute
    )
    return WebhookView.of(found, _base(request), secret)


@router.post("/workflow/{workflow_id}/webhook/test/", dependencies=[needs(Right.WORKFLOWS_CHANGE)])
async def listen(
    workflow_id: str, body: Listening, caller: CallerDep, at: BuildingDep
) -> TestCallsView:
    """Waits for one call to the test address, for ten minutes."""
    tenant = caller.principal.tenant
    at.workflows.expected(caller, workflow_id, Right.WORKFLOWS_CHANGE)
    found = at.webhooks.ensure(tenant, workflow_id, at.workflows.draft(tenant, workflow_id))
    meant = [one for one in found if body.node_id in (None, one.node_id)]
    if len(meant) != 1:
        fix = f"name one of {', '.join(one.node_id for one in found) or 'none: add a webhook node'}"
        raise BadRequestError("node_id", f"{len(meant)} webhook nodes are meant", fix)
    return TestCallsView(calls=[at.trial_calls.listen(meant[0])])


@router.get("/workflow/{workflow_id}/webhook/test/", dependencies=[needs(Right.WORKFLOWS_CHANGE)])
async def test_calls(workflow_id: str, who: PrincipalDep, at: BuildingDep) -> TestCallsView:
    """What is awaited, and what came; kept for ten minutes."""
    at.workflows.get(who.tenant, workflow_id)
    return TestCallsView(calls=at.trial_calls.all(who.tenant, workflow_id))


def _base(request: Request) -> str:
    return settings().public_url or str(request.base_url)


async def _arrived(request: Request) -> Arrived:
    headers = {name.lower(): value for name, value in request.headers.items()}
    query = request.query_params.multi_items()
    return Arrived(request.method, headers, query, await request.body())


def _charge(request: Request, webhook: Webhook) -> None:
    """A webhook pays at its own rate, and its tenant with it."""
    limiter: Limiter = request.app.state.limiter
    limiter.spend(request, f"{webhook.tenant}#webhook#{webhook.hash}", 1, webhook.per_minute)
    limiter.charge(request, Principal(webhook.tenant, webhook.hash, "user", "key"), WRITE)


async def _waited(runs: Executing, webhook: Webhook, order: Order) -> Response:
    made = await runs.waiting.run(order)
    if made.status == "completed":
        raw = raw_response(runs, order.tenant, made)
        return raw or _accepted(webhook, made.id)
    if made.over:
        # The caller is a stranger: what went wrong is told to the workflow's owners alone.
        detail = f"execution {made.id} {made.status}"
        return problem(502, "The workflow failed", detail, error_code="RUN_FAILED")
    return _accepted(webhook, made.id)


def _accepted(webhook: Webhook, execution: str | None) -> Response:
    told = AcceptedView(webhook_id=webhook.id, execution_id=execution)
    return JSONResponse(told.model_dump(), 202)


for _path, _name in _WAYS.items():
    for _method in METHODS:
        # A route for each: several methods of one route share the name of their operation.
        router.add_api_route(
            _path,
            receive if _name == "call" else receive_test,
            methods=[_method],
            status_code=202,
            dependencies=[open_to_all(cost=1)],
            response_model=AcceptedView,
            operation_id=f"{_name}_webhook_{_method.lower()}",
        )
