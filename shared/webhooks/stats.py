"""What was sent to an endpoint, counted by day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from shared.platform.clock import iso
from shared.platform.tables import Add, Query, Tables
from shared.webhooks import rows
from shared.webhooks.delivery import Delivery, Try


class Day(BaseModel):
    """One day in UTC."""

    day: str
    delivered: int = 0
    failed: int = 0
    """Tries that failed."""
    given_up: int = 0
    """Deliveries without a try left."""
    average_ms: int | None = None
    """Of all tries."""


def counts(table: str, after: Delivery, one: Try, now: datetime) -> list[Add]:
    """The writes that count a try."""
    key = {"pk": rows.stats(after.tenant, after.endpoint_id), "sk": iso(now)[:10]}
    names = ["delivered" if one.succeeded else "failed"]
    names += ["given_up"] if after.status == "failed" else []
    # One field each: two writes of one item are no transaction.
    return [Add(table, {**key, "sk": f"{key['sk']}#{name}"}, "n", 1) for name in names] + [
        Add(table, {**key, "sk": f"{key['sk']}#ms"}, "n", one.ms)
    ]


def days(tables: Tables, table: str, tenant: str, endpoint_id: str, since: str) -> Sequence[Day]:
    """The days from one on, the oldest first; those on which nothing was sent are left out."""
    found: dict[str, dict[str, Any]] = {}
    start = None
    while True:
        asked = Query(table, ("pk", rows.stats(tenant, endpoint_id)), since=since, start=start)
        page = tables.query(asked)
        for item in page.items:
            day, _, name = item["sk"].partition("#")
            found.setdefault(day, {"day": day})[name] = item["n"]
        if (start := page.next_start) is None:
            return [_day(counted) for counted in found.values()]


def _day(counted: dict[str, Any]) -> Day:
    tries = counted.get("delivered", 0) + counted.get("failed", 0)
    told = {name: value for name, value in counted.items() if name != "ms"}
    average = round(counted.get("ms", 0) / tries) if tries else None
    return Day.model_validate({**told, "average_ms": average})
