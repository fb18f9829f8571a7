"""An index knows of a write a little later than its table, as on AWS.

moto looks through the table for every query of an index, which is never behind. For as long as a
write is unknown, the index shows the item as it was before.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

_WRITES: Final = ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem")
Lag = Callable[[], float]
"""Seconds until an index knows of a write."""
Key = tuple[Any, Any]

_lag: Lag = lambda: 0.0  # noqa: E731
_unknown: dict[tuple[str, Key], tuple[float, Any]] = {}
"""By table and key: when indexes will know, and what they show until then (None: no item)."""


def note(backend: Any, action: str, body: Mapping[str, Any]) -> list[tuple[str, Key, float, Any]]:
    """What a write is about to change; call `keep` with it once the write has succeeded."""
    seconds = _lag() if action in _WRITES else 0.0
    if not seconds:
        return []
    until = time.monotonic() + seconds
    found = []
    for name, attributes in _touched(body):
        table = backend.tables.get(name)
        if table is not None:
            key = backend.get_keys_value(table, attributes)
            found.append((name, key, until, copy.deepcopy(table.get_item(*key))))
    return found


def keep(noted: list[tuple[str, Key, float, Any]]) -> None:
    """Makes the changes unknown to indexes for their time."""
    now = time.monotonic()
    for name, key, until, before in noted:
        known = _unknown.get((name, key))
        # What was unknown still is: the index then goes from the oldest picture to the newest.
        _unknown[name, key] = (until, known[1]) if known and known[0] > now else (until, before)


def as_seen(table: Any, items: list[Any]) -> list[Any]:
    """The items of a table as its indexes know them."""
    if not _unknown:
        return items
    now = time.monotonic()
    for entry in [entry for entry, (until, _) in _unknown.items() if until <= now]:
        del _unknown[entry]
    behind = {key: before for (name, key), (_, before) in _unknown.items() if name == table.name}
    seen = [item for item in items if _key(table, item) not in behind]
    return seen + [before for before in behind.values() if before is not None]


def _key(table: Any, item: Any) -> Key:
    return item.hash_key, item.range_key if table.range_key_attr else None


def _touched(body: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    if "TransactItems" in body:
        for item in body["TransactItems"]:
            for kind, operation in item.items():
                if kind != "ConditionCheck":
                    yield operation["TableName"], operation.get("Key") or operation["Item"]
    elif "RequestItems" in body:
        for name, requests in body["RequestItems"].items():
            for request in requests:
                for operation in request.values():
                    yield name, operation.get("Key") or operation["Item"]
    else:
        yield body["TableName"], body.get("Key") or body["Item"]


def install(lag: Lag) -> None:
    """Sets how far indexes are behind, and lets them know everything."""
    global _lag
    _lag = lag
    _unknown.clear()
