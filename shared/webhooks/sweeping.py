"""Sends what is due and has no message: long waits, and what got lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from shared.platform.clock import iso
from shared.platform.tables import Item, Query, TransactionRefusedError
from shared.webhooks import rows
from shared.webhooks.deliveries import Deliveries
from shared.webhooks.delivery import Delivery

_AT_ONCE: Final = 200
"""Of each partition of the index in one sweep."""
_NEXT_LOOK: Final = timedelta(minutes=10)
"""Until a message that waits in a long queue is thought to be lost."""


@dataclass(frozen=True, slots=True)
class Sweeper:
    """Looks after deliveries of all tenants; the only read across them, of what it sends."""

    deliveries: Deliveries

    def sweep(self) -> int:
        """Sends the messages of what is due; how many."""
        found = [one for item in self._due() if (one := self._looked_at(item))]
        self.deliveries.ask_all(found)
        return len(found)

    def _due(self) -> Iterator[Item]:
        at, now = self.deliveries, iso(self.deliveries.clock())
        for number in range(rows.SHARDS):
            asked = Query(
                at.table, ("due_pk", rows.shard_name(number)), sort="due_sk", index="due",
                before=now, limit=_AT_ONCE,
            )  # fmt: skip
            yield from at.tables.query(asked).items

    def _looked_at(self, item: Item) -> Delivery | None:
        """Notes when it is looked at next; the step stays, so that one message is enough."""
        at, now = self.deliveries, self.deliveries.clock()
        found = at.find(item["tenant"], item["endpoint_id"], item["id"])
        if found is None or found.status != "waiting" or (found.looked_at or "") > iso(now):
            return None
        after = replace(found, looked_at=iso(now + _NEXT_LOOK))
        try:
            at.tables.transact([after.write(at.table, found.step)])
        except TransactionRefusedError:  # it is being tried
            return None
        return after
