"""A recovery: a job that sends again whatever failed to reach an endpoint since a moment.

It goes in steps. Each takes a page of the endpoint's deliveries, restarts those that failed, notes
how far it came and asks for the next one; a step that dies is taken again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final, Literal

from pydantic import TypeAdapter

from shared.platform.clock import iso
from shared.platform.ids import new_id
from shared.platform.tables import (
    Absent,
    FieldIs,
    Item,
    Put,
    Query,
    TransactionRefusedError,
    Write,
)
from shared.webhooks import delivery, rows
from shared.webhooks.deliveries import Deliveries
from shared.webhooks.delivery import Delivery
from shared.webhooks.errors import (
    EndpointDisabledError,
    EndpointNotFoundError,
    RecoveryNotFoundError,
)

_PAGE: Final = 50
_PAUSE: Final = 5
"""Seconds between two steps, so that an endpoint that is back is not run over."""
_STARTED: Final = ("failed", "cancelled")
_AFTER: Final = "~"


@dataclass(frozen=True, slots=True)
class Recovery:
    """A recovery and how far it is."""

    id: str
    tenant: str
    endpoint_id: str
    since: str
    by: str
    started_at: str
    expires_at: int
    status: Literal["running", "done", "stopped"] = "running"
    reached: str = ""
    restarted: int = 0
    step: int = 0
    ended_at: str | None = None
    error: str | None = None


_RECOVERY: Final = TypeAdapter(Recovery)
Also = Callable[[Recovery], Sequence[Write]]


@dataclass(frozen=True, slots=True)
class Recoveries:
    """Recoveries of tenants."""

    deliveries: Deliveries

    def start(
        self, tenant: str, endpoint_id: str, since: datetime, by: str, also: Also
    ) -> Recovery:
        """A new one, on its way.

        Raises:
            EndpointNotFoundError, EndpointDisabledError.
        """
        at, now = self.deliveries, self.deliveries.clock()
        self._check(tenant, endpoint_id)
        made = Recovery(
            new_id(), tenant, endpoint_id, iso(since), by, iso(now),
            int((now + rows.KEPT).timestamp()), reached=delivery.moment(since),
        )  # fmt: skip
        at.tables.transact([self._put(made, Absent()), *also(made)])
        self._ask(made, 0)
        return made

    def get(self, tenant: str, endpoint_id: str, recovery_id: str) -> Recovery:
        """One of them; raises RecoveryNotFoundError."""
        key = {"pk": rows.recoveries(tenant, endpoint_id), "sk": recovery_id}
        item = self.deliveries.tables.get(self.deliveries.table, key)
        if item is None:
            raise RecoveryNotFoundError(f"there is no recovery {recovery_id:.50} of this endpoint")
        return _RECOVERY.validate_python(
            {name: item[name] for name in Recovery.__dataclass_fields__ if name in item}
        )

    def step(self, asked: str) -> Recovery | None:
        """Takes the step that a message asks for; None if it was taken before."""
        told = json.loads(asked)
        found = self.get(told["tenant"], told["endpoint"], told["recovery"])
        if found.status != "running" or found.step != told["step"]:
            return None
        try:
            self._check(found.tenant, found.endpoint_id)
        except (EndpointDisabledError, EndpointNotFoundError) as error:
            return self._move(found, status="stopped", error=str(error))
        many, last = self._page(found)
        restarted = [again for one in many if (again := self._restart(one))]
        self.deliveries.ask_all(restarted)
        count = found.restarted + len(restarted)
        if last is None:
            return self._move(found, status="done", restarted=count)
        after = self._move(found, reached=last, restarted=count)
        if after is not None:
            self._ask(after, _PAUSE)
        return after

    def _page(self, found: Recovery) -> tuple[list[Delivery], str | None]:
        """Deliveries that failed, and where the next page starts."""
        at = self.deliveries
        asked = Query(
            at.table, ("pk", rows.deliveries(found.tenant, found.endpoint_id)), limit=_PAGE,
            since=found.reached,
        )  # fmt: skip
        page = at.tables.query(asked)
        many = [delivery.of(item) for item in page.items]
        # What fails again after the recovery began is not its concern: it would never end.
        failed = [
            one
            for one in many
            if one.status in _STARTED and (one.ended_at or "") <= found.started_at
        ]
        return failed, f"{many[-1].id}{_AFTER}" if page.next_start and many else None

    def _restart(self, one: Delivery) -> Delivery | None:
        after = self.deliveries.restarted(one)
        try:
            self.deliveries.tables.transact([after.write(self.deliveries.table, one.step)])
        except TransactionRefusedError:  # somebody sent it again
            return None
        return after

    def _move(self, before: Recovery, **changes: Any) -> Recovery | None:
        after = replace(before, step=before.step + 1, **changes)
        if after.status != "running":
            after = replace(after, ended_at=iso(self.deliveries.clock()))
        try:
            self.deliveries.tables.transact([self._put(after, FieldIs("step", before.step))])
        except TransactionRefusedError:
            return None
        return after

    def _check(self, tenant: str, endpoint_id: str) -> None:
        at = self.deliveries
        item = at.tables.get(at.table, rows.endpoint_key(tenant, endpoint_id))
        if item is None:
            raise EndpointNotFoundError(
                f"there is no webhook endpoint {endpoint_id:.50}; list them"
            )
        if not item["enabled"]:
            raise EndpointDisabledError("the endpoint is disabled; enable it first")

    def _put(self, one: Recovery, when: Absent | FieldIs) -> Put:
        kept = {name: value for name, value in asdict(one).items() if value is not None}
        item: Item = {"pk": rows.recoveries(one.tenant, one.endpoint_id), "sk": one.id, **kept}
        return Put(self.deliveries.table, item, when, label="recovery")

    def _ask(self, one: Recovery, after: int) -> None:
        told = {"tenant": one.tenant, "endpoint": one.endpoint_id, "recovery": one.id}
        text = json.dumps({**told, "step": one.step})
        self.deliveries.queues.send(self.deliveries.queue_url, text, after)
