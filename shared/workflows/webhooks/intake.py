"""What becomes of a call: which workflow it starts, with what, and whether somebody waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.graph.durable.published import PublishedFlows
from shared.nodes.http.http_response import HttpResponseNode
from shared.platform.clock import Clock, iso, utc_now
from shared.workflows.errors import NotPublishedError, WorkflowNotFoundError
from shared.workflows.publishing import Publishing
from shared.workflows.webhooks.calls import call
from shared.workflows.webhooks.signatures import check
from shared.workflows.webhooks.webhook import (
    UnknownWebhookError,
    Webhook,
    WebhookClosedError,
    WebhookMethodError,
)
from shared.workflows.webhooks.webhooks import Webhooks
from shared.workflows.workflows import Workflows


@dataclass(frozen=True, slots=True)
class Arrived:
    """A call as it came."""

    method: str
    headers: Mapping[str, str]
    """By name in lower case."""
    query: Sequence[tuple[str, str]]
    body: bytes


@dataclass(frozen=True, slots=True)
class Accepted:
    """A call that may start a run."""

    given: Mapping[str, Any]
    answers: bool
    """Whether the workflow itself answers the caller."""


class Intake:
    """Judges calls."""

    def __init__(
        self,
        webhooks: Webhooks,
        workflows: Workflows,
        publishing: Publishing,
        flows: PublishedFlows,
        clock: Clock = utc_now,
    ) -> None:
        self._webhooks, self._workflows, self._publishing = webhooks, workflows, publishing
        self._flows, self._clock = flows, clock

    def known(self, webhook: Webhook, arrived: Arrived) -> Mapping[str, Any]:
        """The call as a workflow gets it.

        Raises:
            WebhookMethodError: it is called by other methods.
            WebhookRefusedError: the caller did not show what the webhook asks for.
        """
        if arrived.method not in webhook.methods:
            raise WebhookMethodError(webhook.methods)
        secret = self._webhooks.signing_secret(webhook) if webhook.auth == "hmac" else None
        now = self._clock()
        check(webhook, secret, arrived.headers, arrived.body, now.timestamp())
        return call(arrived.method, arrived.headers, arrived.query, arrived.body, iso(now))

    def accepted(self, webhook: Webhook, given: Mapping[str, Any]) -> Accepted:
        """What the call starts.

        Raises:
            UnknownWebhookError: the workflow is gone, or has no such node any more.
            WebhookClosedError: nothing runs that could take the call.
        """
        try:
            workflow = self._workflows.get(webhook.tenant, webhook.workflow_id)
            version = self._publishing.standing(webhook.tenant, webhook.workflow_id)
        except WorkflowNotFoundError:
            raise UnknownWebhookError from None
        except NotPublishedError:
            raise WebhookClosedError(
                "the workflow is not published; the call was not kept"
            ) from None
        if workflow.type != "api":
            raise WebhookClosedError(
                "the workflow is a production workflow, which takes no calls here yet; "
                "the call was not kept"
            )
        if workflow.activity != "active":
            raise WebhookClosedError("the workflow is switched off; the call was not kept")
        steps = list(self._flows(webhook.tenant, version.flow).plan.steps())
        if all(step.id != webhook.node_id for step in steps):
            raise UnknownWebhookError
        return Accepted(given, any(step.definition is HttpResponseNode for step in steps))
