"""Test calls: whoever draws a workflow waits for one call, and is shown it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from shared.platform.clock import Clock, iso, utc_now
from shared.platform.tables import FieldIs, Put, Query, Tables, TransactionRefusedError
from shared.workflows.webhooks.webhook import Webhook, WebhookClosedError

LIFETIME: Final = timedelta(minutes=10)
MOST: Final = 200_000
"""Characters of a call that are shown."""


class TrialCalls:
    """The test calls of tenants: for each webhook one, that is awaited or came."""

    def __init__(self, tables: Tables, table: str, clock: Clock = utc_now) -> None:
        self._tables, self._table, self._clock = tables, table, clock

    def listen(self, webhook: Webhook) -> dict[str, Any]:
        """Waits for one call, for ten minutes; one that came before is forgotten."""
        now = self._clock()
        row = {
            **_key(webhook), "state": "waiting", "since": iso(now),
            "expires_at": int((now + LIFETIME).timestamp()),
        }  # fmt: skip
        self._tables.transact([Put(self._table, row)])
        return _shown(row)

    def came(self, webhook: Webhook, call: Mapping[str, Any]) -> None:
        """Keeps the one call that is awaited.

        Raises:
            WebhookClosedError: none is.
        """
        found = self._tables.get(self._table, _key(webhook))
        if found is None or found["state"] != "waiting" or not self._lives(found):
            raise WebhookClosedError("nobody waits for a test call; start listening first")
        now = self._clock()
        row = {
            **_key(webhook), "state": "received", "since": found["since"], "at": iso(now),
            "call": json.dumps(_bounded(call)), "expires_at": int((now + LIFETIME).timestamp()),
        }  # fmt: skip
        try:
            self._tables.transact([Put(self._table, row, FieldIs("state", "waiting"))])
        except TransactionRefusedError:
            raise WebhookClosedError("another call was the one") from None

    def all(self, tenant: str, workflow_id: str) -> list[dict[str, Any]]:
        """What is awaited, and what came, by node."""
        page = self._tables.query(Query(self._table, ("pk", _of(tenant, workflow_id))))
        return [_shown(item) for item in page.items if self._lives(item)]

    def _lives(self, item: Mapping[str, Any]) -> bool:
        return int(item["expires_at"]) > self._clock().timestamp()


def _bounded(call: Mapping[str, Any]) -> Mapping[str, Any]:
    if len(json.dumps(call)) <= MOST:
        return call
    return {**call, "body": {}, "raw": "", "too_large": True}


def _shown(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "node_id": item["sk"], "state": item["state"], "since": item["since"],
        "at": item.get("at"), "call": json.loads(item["call"]) if "call" in item else None,
    }  # fmt: skip


def _of(tenant: str, workflow_id: str) -> str:
    return f"{tenant}#workflow#{workflow_id}#test_calls"


def _key(webhook: Webhook) -> dict[str, str]:
    return {"pk": _of(webhook.tenant, webhook.workflow_id), "sk": webhook.node_id}
