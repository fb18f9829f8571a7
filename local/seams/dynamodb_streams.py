"""Stream records go to a listener, in the order of the writes and only when they are committed.

moto's own delivery calls the function inside the writer's request, loses records when the function
fails, and shows records of cancelled transactions.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import datetime
from typing import Any

from moto.dynamodb.models.table import StreamRecord, StreamShard

from local.seams.replacing import replace

StreamListener = Callable[[str, dict[str, Any]], None]
"""Called with the table's name and the record; it must only take note."""

_numbers = itertools.count(1)
_held: list[tuple[str, dict[str, Any]]] | None = None
_listener: StreamListener = lambda table, record: None  # noqa: E731


def _add(self: Any, old: Any, new: Any) -> None:
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
    """Replaces how a shard takes a record."""
    global _listener
    _listener = listener
    replace(StreamShard, add=_add)
