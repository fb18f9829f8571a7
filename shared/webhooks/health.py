"""How an endpoint is doing: since when it fails, how long it wants to be left alone, and its end.

There is a row only while an endpoint fails, so that one that is well costs no write.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from shared.events.envelope import EntityRef, Event
from shared.events.outbox import STATE, Change, VersionConflictError, commit, partition
from shared.platform.clock import Clock, iso, utc_now
from shared.platform.log import logger
from shared.platform.tables import (
    Delete,
    FieldIs,
    Item,
    Put,
    Tables,
    TransactionRefusedError,
)
from shared.webhooks import rows
from shared.webhooks.endpoints import WRITE

PATIENCE: Final = timedelta(days=5)
"""An endpoint that took nothing for so long is disabled."""
GONE: Final = "its server answered 410: it is gone for good"
FAILED: Final = f"nothing was delivered for {PATIENCE.days} days"
_SOURCE: Final = "millrace.webhooks"
_RACES: Final = 5

log = logger("webhooks")


@dataclass(frozen=True, slots=True)
class Health:
    """The health of endpoints."""

    tables: Tables
    table: str
    crm_table: str
    """Where the outbox is that tells of a disabled endpoint."""
    clock: Clock = utc_now

    def row(self, tenant: str, endpoint_id: str) -> Item:
        """What is known; empty while all is well."""
        return self.tables.get(self.table, rows.health_key(tenant, endpoint_id)) or {}

    def left_alone_until(self, row: Item) -> datetime | None:
        """Until when nothing is sent, if that is not over."""
        until = row.get("left_alone_until")
        moment = datetime.fromisoformat(until) if until else None
        return moment if moment and moment > self.clock() else None

    def succeeded(self, tenant: str, endpoint_id: str, before: Item) -> None:
        """A delivery came through."""
        if before:
            self.tables.transact([Delete(self.table, rows.health_key(tenant, endpoint_id))])

    def failed(
        self, tenant: str, endpoint_id: str, before: Item, alone: timedelta | None
    ) -> timedelta:
        """A try failed; for how long the endpoint has been failing."""
        now = self.clock()
        row: Item = {
            **rows.health_key(tenant, endpoint_id),
            "failing_since": before.get("failing_since") or iso(now),
            # Longer than it can matter: nothing is tried for so long.
            "expires_at": int((now + rows.KEPT).timestamp()),
        }
        if alone is not None:
            row["left_alone_until"] = iso(now + alone)
        elif self.left_alone_until(before):
            row["left_alone_until"] = before["left_alone_until"]
        told = ("failing_since", "left_alone_until")
        if [row.get(name) for name in told] != [before.get(name) for name in told]:
            self.tables.transact([Put(self.table, row)])
        return now - datetime.fromisoformat(row["failing_since"])

    def disable(self, tenant: str, endpoint_id: str, reason: str) -> bool:
        """Disables an endpoint and says so on the bus; False if it is disabled, or gone, already.

        Raises:
            VersionConflictError: somebody changes it again and again.
        """
        for _ in range(_RACES):
            item = self.tables.get(self.table, rows.endpoint_key(tenant, endpoint_id))
            if item is None or not item["enabled"]:
                return False
            try:
                self._disable(tenant, item, reason)
            except (VersionConflictError, TransactionRefusedError):
                continue
            log.warning("disabled", tenant=tenant, endpoint=endpoint_id, reason=reason)
            return True
        raise VersionConflictError(f"webhook endpoint {endpoint_id} changes all the time")

    def _disable(self, tenant: str, item: Item, reason: str) -> None:
        now = self.clock()
        entity = EntityRef("webhook_endpoint", item["id"])
        state = self.tables.get(self.crm_table, {"pk": partition(tenant, entity), "sk": STATE})
        data: dict[str, Any] = {"endpoint_id": item["id"], "url": item["url"], "reason": reason}
        event = Event("webhook_endpoint.disabled", data, source=_SOURCE, time=now)
        after = {**item, "enabled": False, "disabled": {"reason": reason, "at": iso(now)}}
        after |= {"version": item["version"] + 1, "updated_at": iso(now)}
        same = FieldIs("version", item["version"])
        version = int(state["version"]) if state else 0
        change = Change(tenant, entity, version, {"id": item["id"]}, (event,))
        commit(self.tables, self.crm_table, change, [Put(self.table, after, same, WRITE)])
