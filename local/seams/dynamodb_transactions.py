"""A cancelled transaction undoes its own items, and its stream records were never seen.

moto copies whole tables before a transaction and swaps the copies in when it fails: 240 puts racing
with cancelled transactions left 21 items, and every transaction cost a copy of the table.
"""

from __future__ import annotations

import copy
from typing import Any

from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table

from local.seams import dynamodb_streams
from local.seams.replacing import replace
from local.seams.state_lock import STATE_LOCK

_stock_transact = DynamoDBBackend.transact_write_items
_inside = False


def _deepcopy(self: Any, memo: dict[int, Any]) -> Any:
    """A table is not copied for a transaction: what it changes is remembered item by item."""
    if _inside:
        return self
    made = object.__new__(type(self))
    memo[id(self)] = made
    made.__dict__.update(copy.deepcopy(self.__dict__, memo))
    return made


def _transact(self: Any, transact_items: list[dict[str, Any]]) -> None:
    global _inside
    with STATE_LOCK:
        before = [_remembered(self, item) for item in transact_items]
        dynamodb_streams.hold()
        _inside = True
        try:
            _stock_transact(self, transact_items)
        except BaseException:
            for table, key, old in reversed([b for b in before if b]):
                _restore(table, key, old)
            dynamodb_streams.drop()
            raise
        finally:
            _inside = False
        dynamodb_streams.release()


def _remembered(backend: Any, item: dict[str, Any]) -> tuple[Any, tuple[Any, Any], Any] | None:
    operation = next(iter(item.values()))
    table = backend.tables.get(operation.get("TableName"))
    attributes = operation.get("Key") or operation.get("Item")
    if table is None or not attributes:
        return None
    hash_key, range_key = backend.get_keys_value(table, attributes)
    old = table.get_item(hash_key, range_key)
    return table, (hash_key, range_key), copy.deepcopy(old)


def _restore(table: Any, key: tuple[Any, Any], old: Any) -> None:
    hash_key, range_key = key
    if old is not None:
        if range_key is not None:
            table.items[hash_key][range_key] = old
        else:
            table.items[hash_key] = old
    elif range_key is None:
        table.items.pop(hash_key, None)
    else:
        ranges = table.items.get(hash_key, {})
        ranges.pop(range_key, None)
        if not ranges:
            table.items.pop(hash_key, None)


def install() -> None:
    """Replaces the transaction and the copying of tables."""
    replace(DynamoDBBackend, transact_write_items=_transact)
    replace(Table, __deepcopy__=_deepcopy)
