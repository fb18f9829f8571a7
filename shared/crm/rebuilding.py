"""A lead from its events alone, and where its row says something else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel

from shared.crm.errors import LeadNotFoundError
from shared.crm.lead import Lead, Qualification
from shared.events.catalog.leads import LeadSnapshot
from shared.events.claims import Claims
from shared.events.envelope import EntityRef, Event
from shared.events.outbox import STATE, partition, timeline
from shared.platform.tables import Tables

_PAGE: Final = 200
_QUALIFIED: Final[Mapping[str, Qualification]] = {
    "lead.qualified": "qualified",
    "lead.rejected": "rejected",
    "lead.converted": "converted",
}


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What the events say of a lead."""

    fields: Mapping[str, Any] | None = None
    """Its snapshot, qualification and the execution that each pipeline ended last; None: gone."""
    version: int = 0


class LeadDifference(BaseModel):
    """A field of which row and events do not say the same."""

    field: str
    row: Any
    events: Any


class LeadComparison(BaseModel):
    """A lead rebuilt from its events, beside its row."""

    lead_id: str
    version: int
    """The sequence of its last event."""
    rebuilt: dict[str, Any] | None
    differences: list[LeadDifference]


def rebuild(events: Iterable[Event]) -> Rebuilt:
    """The lead after its events, which come in the order of their sequence."""
    lead = Rebuilt()
    for event in events:
        if event.sequence != lead.version + 1:
            raise ValueError(f"event {lead.version + 1} is missing before {event.sequence}")
        lead = Rebuilt(_after(lead.fields, event), event.sequence)
    return lead


def compare(
    tables: Tables, table: str, tenant: str, lead_id: str, claims: Claims | None = None
) -> LeadComparison:
    """Rebuilds a lead from its timeline and compares it with its row.

    Raises:
        LeadNotFoundError: nothing ever happened to such a lead.
        LostDataError: the data of one of its events is gone, so that it cannot be told.
    """
    ref = EntityRef("lead", lead_id)
    lead = rebuild(_history(tables, table, tenant, ref, claims))
    if lead.version == 0:
        raise LeadNotFoundError(lead_id)
    item = tables.get(table, {"pk": partition(tenant, ref), "sk": STATE})
    row = _of_row(item) if item else None
    if item and item["version"] > lead.version:  # it changed while its timeline was read
        lead = rebuild(_history(tables, table, tenant, ref, claims))
    found = _differences(row or {}, lead.fields or {})
    if item and item["version"] != lead.version:
        found.append(LeadDifference(field="version", row=item["version"], events=lead.version))
    return LeadComparison(
        lead_id=lead_id,
        version=lead.version,
        rebuilt=dict(lead.fields) if lead.fields is not None else None,
        differences=found,
    )


def _history(
    tables: Tables, table: str, tenant: str, ref: EntityRef, claims: Claims | None
) -> Iterable[Event]:
    after = 0
    while True:
        page, _ = timeline(tables, table, tenant, ref, limit=_PAGE, after=after)
        yield from map(claims.redeem, page) if claims else page
        if len(page) < _PAGE:
            return
        after += len(page)


def _after(fields: Mapping[str, Any] | None, event: Event) -> Mapping[str, Any] | None:
    kind, before = event.event_type, dict(fields or {})
    if kind == "lead.deleted":
        return None
    if kind in ("lead.created", "lead.updated"):
        kept = {"qualification": "new", "pipelines": {}, **before}
        return {**kept, **_snapshot(event.data)}
    if kind == "lead.status_changed":
        return {**before, "status": event.data["new_status"]}
    if kind in _QUALIFIED:
        return {**before, "qualification": _QUALIFIED[kind]}
    if kind == "execution.completed":
        ended = {event.data["pipeline"]: event.data["execution_id"]}
        return {**before, "pipelines": {**before["pipelines"], **ended}}
    return before


def _of_row(item: Mapping[str, Any]) -> dict[str, Any]:
    lead = Lead.model_validate(item)
    ended = {name: told["execution_id"] for name, told in lead.pipelines.items()}
    return {
        **_snapshot(lead.snapshot()),
        "qualification": lead.qualification,
        "pipelines": ended,
    }


def _snapshot(data: Mapping[str, Any]) -> dict[str, Any]:
    """Every field of a snapshot, those that are not known as None."""
    known = {name: data[name] for name in LeadSnapshot.model_fields if name in data}
    return LeadSnapshot.model_validate(known).model_dump()


def _differences(row: Mapping[str, Any], events: Mapping[str, Any]) -> list[LeadDifference]:
    names = sorted(row.keys() | events.keys())
    return [
        LeadDifference(field=name, row=row.get(name), events=events.get(name))
        for name in names
        if row.get(name) != events.get(name)
    ]
