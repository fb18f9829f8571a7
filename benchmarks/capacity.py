"""What DynamoDB bills for a request: its published rules of sizes and units.

An item's size is the bytes of its names and values. A consistent read of up to 4 KB is one read
unit, an eventually consistent one half; a query adds the sizes of what it reads before it rounds
up. A write of up to 1 KB is one write unit, in a transaction two, by the larger of the item before
and after. Each index pays for itself, never doubled: one write for an entry that comes, goes or
changes, two for one whose key changes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Item = Mapping[str, Any]
"""An item as it travels: `{"name": {"S": …}}`."""


@dataclass(frozen=True, slots=True)
class Index:
    """A secondary index that carries whole items."""

    keys: tuple[str, ...]


def size_of(item: Item) -> int:
    """The bytes of an item."""
    return sum(len(name.encode()) + _value(value) for name, value in item.items())


def read_units(sizes: Iterable[int], *, consistent: bool) -> float:
    """One request that reads items of these sizes; one that finds nothing reads one unit too."""
    units = max(1, math.ceil(sum(sizes) / 4096))
    return units if consistent else units / 2


def write_units(
    before: Item | None, after: Item | None, indexes: Iterable[Index], *, transaction: bool
) -> int:
    """One item that is written, in its table and in its indexes."""
    table = _kilobytes(before, after) * (2 if transaction else 1)
    return table + sum(_index_units(before, after, index) for index in indexes)


def _index_units(before: Item | None, after: Item | None, index: Index) -> int:
    old, new = _entry(before, index), _entry(after, index)
    if old == new:
        return 0
    if old is None or new is None or _key(old, index) == _key(new, index):
        return _kilobytes(old, new)
    return _kilobytes(old) + _kilobytes(new)


def _entry(item: Item | None, index: Index) -> Item | None:
    return item if item is not None and all(key in item for key in index.keys) else None


def _key(item: Item, index: Index) -> list[Any]:
    return [item[key] for key in index.keys]


def _kilobytes(*images: Item | None) -> int:
    return max(1, *(math.ceil(size_of(image) / 1024) for image in images if image), 1)


def _value(value: Mapping[str, Any]) -> int:
    kind, content = next(iter(value.items()))
    if kind == "S":
        return len(content.encode())
    if kind == "N":
        digits = content.lstrip("-").replace(".", "").strip("0")
        return math.ceil(len(digits) / 2) + 1 + int(content.startswith("-"))
    if kind == "L":
        return 3 + sum(1 + _value(part) for part in content)
    if kind == "M":
        return 3 + sum(1 + len(name.encode()) + _value(part) for name, part in content.items())
    return 1  # a boolean or a null
