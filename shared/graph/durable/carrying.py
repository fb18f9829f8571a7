"""What a new attempt need not do again, carried over as it is stored: nothing large is fetched."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Final

from shared.graph.durable.journal import NOTES
from shared.graph.durable.places import BASE
from shared.graph.durable.tables_store import TablesRecordStore
from shared.graph.durable.tasks import RUNTIME
from shared.graph.record import ItemEntry, Record
from shared.platform.tables import Item, Put, Tables

_AT_ONCE: Final = 50
_BYTES: Final = 2_000_000
"""Of one transaction, which may have four megabytes."""


def carry_over(tables: Tables, store: TablesRecordStore, tenant: str, old: str, new: str) -> None:
    """Copies the record of a run to another that is not written yet.

    What failed or was cut off stays behind; what its nodes noted does not, so that an agent asks
    nothing twice.
    """
    kept = [*_nodes(store, tenant, old), *_items(store, tenant, old)]
    for kind in (BASE, RUNTIME, NOTES):
        kept += store.rows(tenant, old, f"{kind}#")
    for writes in _portions([store.moved(tenant, new, row) for row in kept]):
        tables.transact(writes)


def _nodes(store: TablesRecordStore, tenant: str, old: str) -> Iterator[Item]:
    rows = {}
    record = Record()
    for row, entry in store.outlined(tenant, old):
        rows[entry.key] = row
        record.put(entry)
    for key in record.for_resume().entries:
        yield rows[key]


def _items(store: TablesRecordStore, tenant: str, old: str) -> Iterator[Item]:
    for row in store.rows(tenant, old, "item#"):
        told = json.loads(row["body"])
        item = ItemEntry.from_json({**told, "result": None})
        if Record({}, {item.key: item}).for_resume().items:
            yield row


def _portions(writes: Sequence[Put]) -> Iterator[list[Put]]:
    found: list[Put] = []
    size = 0
    for write in writes:
        length = len(write.item["body"])
        if found and (len(found) >= _AT_ONCE or size + length > _BYTES):
            yield found
            found, size = [], 0
        found.append(write)
        size += length
    if found:
        yield found
