"""Which webhooks there are: made for the webhook nodes of workflows, found by their ids."""

from __future__ import annotations

import hashlib
import secrets as randomness
from collections.abc import Sequence
from typing import Final

from shared.graph import FlowGraph, NodeRegistry
from shared.nodes.producers.webhook import WebhookNode
from shared.platform.clock import Clock, iso, utc_now
from shared.platform.ids import new_id
from shared.platform.secrets import SecretGoneError, Secrets
from shared.platform.tables import Absent, Item, Put, Query, Tables, TransactionRefusedError
from shared.workflows.errors import PartNotFoundError
from shared.workflows.webhooks.signatures import new_signing_secret
from shared.workflows.webhooks.webhook import (
    Auth,
    Method,
    UnknownWebhookError,
    Webhook,
    by_id,
    stored,
)

_KEY_BYTES: Final = 32


class Webhooks:
    """The webhooks of tenants."""

    def __init__(
        self,
        tables: Tables,
        table: str,
        registry: NodeRegistry,
        secrets: Secrets,
        prefix: str = "millrace",
        clock: Clock = utc_now,
    ) -> None:
        """`prefix` is the first part of the secrets' names."""
        self._tables, self._table, self._registry = tables, table, registry
        self._secrets, self._prefix, self._clock = secrets, prefix, clock

    def find(self, webhook_id: str) -> Webhook:
        """The webhook that a request names.

        Raises:
            UnknownWebhookError: there is none.
        """
        item = self._tables.get(self._table, by_id(webhook_id))
        if item is None:
            raise UnknownWebhookError
        return Webhook.model_validate(item)

    def of_workflow(self, tenant: str, workflow_id: str) -> list[Webhook]:
        """The webhooks of a workflow, those of nodes that are gone among them."""
        page = self._tables.query(Query(self._table, ("pk", _of(tenant, workflow_id))))
        return [Webhook.model_validate(item) for item in page.items]

    def ensure(self, tenant: str, workflow_id: str, graph: FlowGraph) -> list[Webhook]:
        """The webhooks of a graph's webhook nodes; those that there were keep their ids."""
        known = {one.node_id: one for one in self.of_workflow(tenant, workflow_id)}
        found = []
        for node in self.nodes(graph):
            if node not in known:
                known[node] = self._make(tenant, workflow_id, node)
            found.append(known[node])
        return found

    def nodes(self, graph: FlowGraph) -> Sequence[str]:
        """The nodes of a graph that are called by webhook."""
        return [n.id for n in graph.nodes if self._registry.find(n.type) is WebhookNode]

    def protect(
        self, tenant: str, workflow_id: str, node_id: str, auth: Auth,
        methods: Sequence[Method], per_minute: int,
    ) -> tuple[Webhook, str | None]:  # fmt: skip
        """Says who may call; the new key or signing secret, which is shown this once.

        Raises:
            PartNotFoundError: the node has no webhook.
        """
        before = self.one(tenant, workflow_id, node_id)
        secret, kept = self._secret(tenant, auth)
        named = {"auth": auth, "secret": kept, "methods": tuple(methods), "per_minute": per_minute}
        after = before.model_copy(update=named)
        self._tables.transact([Put(self._table, item) for item in _items(after)])
        if before.auth == "hmac":
            self._secrets.remove(before.secret)
        return after, secret

    def one(self, tenant: str, workflow_id: str, node_id: str) -> Webhook:
        """The webhook of a node.

        Raises:
            PartNotFoundError: it has none.
        """
        key = {"pk": _of(tenant, workflow_id), "sk": node_id}
        item = self._tables.get(self._table, key)
        if item is None:
            raise PartNotFoundError("webhook", node_id)
        return Webhook.model_validate(item)

    def signing_secret(self, webhook: Webhook) -> str | None:
        """What signs the calls of a webhook; nothing once it is gone."""
        try:
            return self._secrets.read(webhook.secret)
        except SecretGoneError:
            return None

    def _secret(self, tenant: str, auth: Auth) -> tuple[str | None, str]:
        if auth == "none":
            return None, ""
        if auth == "key":
            key = f"mrhook_{randomness.token_urlsafe(_KEY_BYTES)}"
            return key, hashlib.sha256(key.encode()).hexdigest()
        secret, name = new_signing_secret(), f"{self._prefix}/{tenant}/webhooks/{new_id()}"
        self._secrets.create(name, secret)
        return secret, name

    def _make(self, tenant: str, workflow_id: str, node_id: str) -> Webhook:
        made = Webhook(
            id=randomness.token_urlsafe(24), tenant=tenant, workflow_id=workflow_id,
            node_id=node_id, created_at=iso(self._clock()),
        )  # fmt: skip
        try:
            self._tables.transact([Put(self._table, item, Absent()) for item in _items(made)])
        except TransactionRefusedError:  # somebody published at the same time
            return self.one(tenant, workflow_id, node_id)
        return made


def _items(webhook: Webhook) -> list[Item]:
    """The row that a request is judged by, and the row of the workflow's list."""
    listed = {"pk": _of(webhook.tenant, webhook.workflow_id), "sk": webhook.node_id}
    return [{**stored(webhook), **by_id(webhook.id)}, {**stored(webhook), **listed}]


def _of(tenant: str, workflow_id: str) -> str:
    return f"{tenant}#workflow#{workflow_id}#webhooks"
