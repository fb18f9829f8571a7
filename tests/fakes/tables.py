"""Tables in memory, with conditions, indexes, paging, and faults on demand."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from shared.platform.tables import (
    Absent,
    Add,
    Condition,
    FieldIs,
    Item,
    Key,
    Page,
    Put,
    Query,
    TransactionRefusedError,
    Write,
)


class MemoryTables:
    """The port `Tables`; `before_transact` is called first and may raise or write on its own."""

    def __init__(self) -> None:
        self.items: dict[tuple[str, str, str], Item] = {}
        self.before_transact: Callable[[Sequence[Write]], None] = lambda writes: None
        self.transactions = 0

    def get(self, table: str, key: Key) -> Item | None:
        return copy.deepcopy(self.items.get(_id(table, key)))

    def query(self, query: Query) -> Page:
        found = self._matching(query)
        if query.start:
            at = query.start[query.sort]
            found = [
                i for i in found if (i[query.sort] < at if query.descending else i[query.sort] > at)
            ]
        chosen = found[: query.limit] if query.limit else found
        more = len(found) > len(chosen)
        last = {query.sort: chosen[-1][query.sort]} if more and chosen else None
        return Page(copy.deepcopy(chosen), last)

    def count(self, query: Query) -> int:
        return len(self._matching(query))

    def transact(self, writes: Sequence[Write]) -> None:
        self.before_transact(writes)
        refused = [w.label for w in writes if not isinstance(w, Add) and not self._holds(w)]
        if refused:
            raise TransactionRefusedError(refused)
        self.transactions += 1
        for write in writes:
            self._apply(write)

    def remove_fields(self, table: str, key: Key, names: Sequence[str]) -> None:
        item = self.items.get(_id(table, key), {})
        for name in names:
            item.pop(name, None)

    def add(self, table: str, key: Key, amounts: Mapping[str, int], expires_at: int) -> None:
        item = self.items.setdefault(_id(table, key), {**key, "expires_at": expires_at})
        for name, amount in amounts.items():
            item[name] = item.get(name, 0) + amount

    def all(self, table: str) -> list[Item]:
        return [item for (name, _, _), item in self.items.items() if name == table]

    def _matching(self, query: Query) -> list[Item]:
        found = [item for item in self._partition(query) if query.sort in item]
        if query.prefix is not None:
            found = [i for i in found if i[query.sort].startswith(query.prefix)]
        if query.since is not None:
            found = [i for i in found if i[query.sort] >= query.since]
        if query.before is not None:
            found = [i for i in found if i[query.sort] < query.before]
        return sorted(found, key=lambda i: i[query.sort], reverse=query.descending)

    def _partition(self, query: Query) -> list[Item]:
        name, value = query.partition
        return [item for item in self.all(query.table) if item.get(name) == value]

    def _holds(self, write: Any) -> bool:
        when: Condition | None = write.when
        found = self.items.get(_id(write.table, _key(write)))
        if when is None:
            return True
        if isinstance(when, FieldIs):
            return found is not None and found.get(when.name) == when.value
        return (found is None) == isinstance(when, Absent)

    def _apply(self, write: Write) -> None:
        where = _id(write.table, _key(write))
        if isinstance(write, Put):
            self.items[where] = copy.deepcopy(write.item)
        elif isinstance(write, Add):
            item = self.items.setdefault(where, dict(write.key))
            item[write.name] = item.get(write.name, 0) + write.amount
        else:
            self.items.pop(where, None)


class LargeTables(MemoryTables):
    """The same for many items: a partition is found without a look at all the others."""

    def __init__(self) -> None:
        super().__init__()
        self._partitions: dict[tuple[str, str], dict[tuple[str, str, str], Item]] = {}

    def _partition(self, query: Query) -> list[Item]:
        if query.partition[0] != "pk":
            return super()._partition(query)
        return list(self._partitions.get((query.table, query.partition[1]), {}).values())

    def _apply(self, write: Write) -> None:
        super()._apply(write)
        where = _id(write.table, _key(write))
        held = self._partitions.setdefault(where[:2], {})
        if where in self.items:
            held[where] = self.items[where]
        else:
            held.pop(where, None)


def _key(write: Write) -> Mapping[str, Any]:
    return write.item if isinstance(write, Put) else write.key


def _id(table: str, key: Mapping[str, Any]) -> tuple[str, str, str]:
    return table, key["pk"], key.get("sk", "")
