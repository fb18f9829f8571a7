"""Leads by day and column: rows that the consumer `lead_days` writes and the API reads.

day     tenant#lead_days      2026-03-01#created, 2026-03-01#Proposal sent   leads: 4
column  tenant#lead_columns   Proposal sent                                  leads: 9
lead    tenant#lead_days#ID   column                                         column: …
"""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel

from shared.crm.lead import STATUSES
from shared.events.envelope import Event
from shared.platform.tables import Add, Delete, Item, Put, Query, Tables, Write

_CREATED: Final = "created"
_DELETED: Final = "deleted"
_END: Final = "~"
_COLUMN: Final = "column"


class LeadDay(BaseModel):
    """One day's leads."""

    day: str
    created: int = 0
    deleted: int = 0
    entered: dict[str, int] = {}
    """By column: cards that were moved or added into it."""


class LeadDays(BaseModel):
    """Days with leads, oldest first, and what stands in each column now."""

    days: list[LeadDay]
    columns: dict[str, int]


def entered(tables: Tables, table: str, tenant: str, event: Event) -> list[Write]:
    """The writes of a lead that was added, or whose card was moved."""
    created = event.event_type == "lead.created"
    column = str(event.data.get("status" if created else "new_status") or STATUSES[0])
    before = tables.get(table, _lead(tenant, event))
    if before and before[_COLUMN] == column:
        return []  # moved within its column
    writes: list[Write] = [
        Put(table, {**_lead(tenant, event), _COLUMN: column}),
        _count(table, _day(tenant, event, column)),
        _count(table, _standing(tenant, column)),
    ]
    if created:
        writes.append(_count(table, _day(tenant, event, _CREATED)))
    if before:
        writes.append(_count(table, _standing(tenant, before[_COLUMN]), -1))
    return writes


def gone(tables: Tables, table: str, tenant: str, event: Event) -> list[Write]:
    """The writes of a lead that was removed."""
    writes: list[Write] = [_count(table, _day(tenant, event, _DELETED))]
    if before := tables.get(table, _lead(tenant, event)):
        writes.append(_count(table, _standing(tenant, before[_COLUMN]), -1))
        writes.append(Delete(table, _lead(tenant, event)))
    return writes


def lead_days(tables: Tables, table: str, tenant: str, since: str, until: str) -> LeadDays:
    """What was counted from one day to another, both included."""
    counted = Query(table, ("pk", f"{tenant}#lead_days"), since=since, before=f"{until}{_END}")
    days: dict[str, LeadDay] = {}
    for item in _whole(tables, counted):
        day, _, what = item["sk"].partition("#")
        found = days.setdefault(day, LeadDay(day=day))
        if what in (_CREATED, _DELETED):
            days[day] = found.model_copy(update={what: item["leads"]})
        else:
            days[day] = found.model_copy(update={"entered": {**found.entered, what: item["leads"]}})
    columns = {
        item["sk"]: int(item["leads"])
        for item in tables.query(Query(table, ("pk", f"{tenant}#lead_columns"))).items
    }
    return LeadDays(days=list(days.values()), columns=columns)


def _whole(tables: Tables, query: Query) -> list[Item]:
    from dataclasses import replace

    found: list[Item] = []
    start: Any = None
    while True:
        page = tables.query(replace(query, start=start))
        found += page.items
        if (start := page.next_start) is None:
            return found


def _count(table: str, key: dict[str, str], amount: int = 1) -> Add:
    return Add(table, key, "leads", amount)


def _day(tenant: str, event: Event, what: str) -> dict[str, str]:
    return {"pk": f"{tenant}#lead_days", "sk": f"{event.time.date().isoformat()}#{what}"}


def _standing(tenant: str, column: str) -> dict[str, str]:
    return {"pk": f"{tenant}#lead_columns", "sk": column}


def _lead(tenant: str, event: Event) -> dict[str, str]:
    lead_id = event.entity.id if event.entity else str(event.data["lead_id"])
    return {"pk": f"{tenant}#lead_days#{lead_id}", "sk": _COLUMN}
