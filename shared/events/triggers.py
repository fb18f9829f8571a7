"""Users' own triggers: which workflows of a tenant start on which events.

They are rows and never rules, so that a tenant has as many as it likes. A workflow has one row per
entity that its types speak of (`lead` of `lead.created` and `lead.*`): who matches an event reads
the rows of its entity, with one query.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any, Final, get_args

from pydantic import BaseModel, ConfigDict

from shared.events.catalog import all_types, lookup
from shared.events.catalog.registry import UnknownEventTypeError
from shared.events.envelope import Event
from shared.events.patterns import Pattern
from shared.platform.tables import Delete, Put, Query, Tables, Write

MOST: Final = 10
"""Triggers that one workflow may have; its rows are written with it, in one transaction."""


class Trigger(BaseModel):
    """One of them."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    node: str
    """Of the workflow, by its id."""
    types: tuple[str, ...]
    """As `known` gives them."""
    filter: str = ""
    """A pattern as JSON; nothing wants every event of the types."""

    def fits(self, event_type: str, wire: Mapping[str, Any]) -> bool:
        """Whether an event, as a CloudEvent, is wanted."""
        named = any(fnmatchcase(event_type, wanted) for wanted in self.types)
        return named and (not self.filter or _pattern(self.filter).matches(wire))


@dataclass(frozen=True, slots=True)
class Matched:
    """A workflow that wants an event."""

    workflow_id: str
    nodes: tuple[str, ...]
    """Whose triggers want it."""


def known(name: str) -> str:
    """A type by its own name, whatever it was called; `lead.*` stays as it is.

    Raises:
        UnknownEventTypeError: no event has such a type.
    """
    if "*" not in name:
        return lookup(name).name
    if not any(fnmatchcase(kind.name, name) for kind in all_types()):
        entities = ", ".join(sorted({_entity(kind.name) for kind in all_types()}))
        raise UnknownEventTypeError(f"No event type is like {name}; there are those of {entities}")
    return name


def filter_text(pattern: Mapping[str, Any]) -> str:
    """A filter as it is kept; raises InvalidPatternError for what is no pattern."""
    return json.dumps(Pattern(pattern).source, sort_keys=True) if pattern else ""


def seen(event: Event) -> dict[str, Any]:
    """An event as filters and workflows see it: the CloudEvent, its amounts as numbers.

    On the wire an amount is a text, so that no reader rounds it.
    """
    wire = event.plain()
    data = wire.get("data", {})
    for name in _amounts(event.event_type) & data.keys():
        amount = float(data[name])
        data[name] = int(amount) if amount.is_integer() else amount
    return wire


def writes(
    table: str, tenant: str, workflow_id: str, before: Sequence[Trigger], after: Sequence[Trigger]
) -> list[Write]:
    """What makes the rows of a workflow those of its triggers."""
    old, new = _by_entity(before), _by_entity(after)
    gone = [
        Delete(table, _key(tenant, entity, workflow_id))
        for entity in sorted(old.keys() - new.keys())
    ]
    put = [
        Put(table, {**_key(tenant, entity, workflow_id), "triggers": _text(triggers)})
        for entity, triggers in sorted(new.items())
        if old.get(entity) != triggers
    ]
    return [*gone, *put]


def matching(tables: Tables, table: str, tenant: str, event: Event) -> Iterator[Matched]:
    """The workflows of a tenant that an event starts."""
    wire, start = seen(event), None
    while True:
        asked = Query(table, ("pk", _of(tenant, _entity(event.event_type))), start=start)
        page = tables.query(asked)
        for item in page.items:
            triggers = [Trigger.model_validate(one) for one in json.loads(item["triggers"])]
            if nodes := wanting(triggers, event.event_type, wire):
                yield Matched(item["sk"], nodes)
        start = page.next_start
        if start is None:
            return


def wanting(
    triggers: Iterable[Trigger], event_type: str, wire: Mapping[str, Any]
) -> tuple[str, ...]:
    """The nodes of those triggers that want an event."""
    return tuple(one.node for one in triggers if one.fits(event_type, wire))


def _by_entity(triggers: Sequence[Trigger]) -> dict[str, list[Trigger]]:
    found: dict[str, list[Trigger]] = {}
    for one in triggers:
        names = [k.name for k in all_types() if any(fnmatchcase(k.name, w) for w in one.types)]
        for entity in {_entity(name) for name in names}:
            found.setdefault(entity, []).append(one)
    return found


def _entity(event_type: str) -> str:
    return event_type.partition(".")[0]


def _key(tenant: str, entity: str, workflow_id: str) -> dict[str, str]:
    return {"pk": _of(tenant, entity), "sk": workflow_id}


def _of(tenant: str, entity: str) -> str:
    return f"{tenant}#triggers#{entity}"


def _text(triggers: Sequence[Trigger]) -> str:
    return json.dumps([one.model_dump(mode="json") for one in triggers])


@lru_cache(maxsize=256)
def _amounts(event_type: str) -> frozenset[str]:
    fields = lookup(event_type).model.model_fields.items()
    return frozenset(
        name for name, one in fields if Decimal in (one.annotation, *get_args(one.annotation))
    )


@lru_cache(maxsize=256)
def _pattern(text: str) -> Pattern:
    return Pattern(text)
