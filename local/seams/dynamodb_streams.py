"""Stream records go to a listener, in the order of the writes and only when they are committed.

moto's own delivery calls the function inside the writer's request, loses records when the function
fails, and shows records of cancelled transactions. An update that inserts puts a bare item first:
moto tells of that item too, and leaves it behind when the update fails.
"""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import StreamRecord, StreamShard

from local.seams.replacing import replace
from local.seams.state_lock import STATE_LOCK

StreamListener = Callable[[str, dict[str, Any]], None]
"""Called with the table's name and the record; it must only take note."""

_numbers = itertools.count(1)
_held: list[tuple[str, dict[str, Any]]] | None = None
_of_update: list[tuple[Any, Any, Any]] | None = None
"""What shards were told during an update; only the last of it happened."""
_stock_update = DynamoDBBackend.update_item
_SIGNATURE: Final = inspect.signature(DynamoDBBackend.update_item)
_listener: StreamListener = lambda table, record: None  # noqa: E731


def _add(self: Any, old: Any, new: Any) -> None:
    if _of_update is not None:
        _of_update.append((self, old, new))
    else:
        _tell(self, old, new)


def _update_item(self: Any, *positional: Any, **named: Any) -> Any:
    global _of_update
    given = _SIGNATURE.bind(self, *positional, **named)
    if not given.arguments.get("update_expression"):
        # An update of nothing but the key makes the item; moto fails on it.
        given.arguments["attribute_updates"] = given.arguments.get("attribute_updates") or {}
    with STATE_LOCK:
        table = self.get_table(given.arguments["table_name"])
        key = self.get_keys_value(table, given.arguments["key"])
        absent = table.get_item(*key) is None
        told: list[tuple[Any, Any, Any]] = []
        _of_update = told
        try:
            item = _stock_update(*given.args, **given.kwargs)
        except BaseException:
            if absent and table.get_item(*key) is not None:
                table.delete_item(*key)
            raise
        finally:
            _of_update = None
        for shard, old, new in told[-1:]:
            _tell(shard, old, new)
        return item


def _tell(self: Any, old: Any, new: Any) -> None:
    if old is not None and new is not None and old.attrs == new.attrs:
        return  # a write that changes nothing is no record
    kind = "INSERT" if old is None else "REMOVE" if new is None else "MODIFY"
    view = self.table.stream_specification["StreamViewType"]
    number = self.starting_sequence_number + next(_numbers)
    record = StreamRecord(self.table, view, kind, old, new, number).to_json()
    made = record["dynamodb"]["ApproximateCreationDateTime"]
    if isinstance(made, datetime):
        # A function gets seconds since the epoch, not a date.
        record["dynamodb"]["ApproximateCreationDateTime"] = int(made.timestamp())
    if _held is not None:
        _held.append((self.table.name, record))
    else:
        _listener(self.table.name, record)


def hold() -> None:
    """Keeps records back until `release` or `drop`."""
    global _held
    _held = []


def release() -> None:
    """Lets the held records go."""
    global _held
    records, _held = _held or [], None
    for table, record in records:
        _listener(table, record)


def drop() -> None:
    """Forgets the held records: what they tell of did not happen."""
    global _held
    _held = None


def install(listener: StreamListener) -> None:
    """Replaces how a shard takes a record, and the update that would give it two."""
    global _listener
    _listener = listener
    replace(StreamShard, add=_add)
    replace(DynamoDBBackend, update_item=_update_item)
