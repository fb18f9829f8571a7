"""Tables as the rest of Millrace sees them: reads by key, one-partition queries, transactions.

Conditions are three values and not a language, so that a fake in a test obeys the same ones.
Nothing here can scan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

Item = dict[str, Any]
Key = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Absent:
    """The item must not exist yet."""


@dataclass(frozen=True, slots=True)
class Present:
    """The item must exist."""


@dataclass(frozen=True, slots=True)
class FieldIs:
    """The item's field must have this value."""

    name: str
    value: str | int


Condition = Absent | Present | FieldIs


@dataclass(frozen=True, slots=True)
class Put:
    """Write a whole item; `key` names its key attributes."""

    table: str
    item: Item
    when: Condition | None = None
    label: str = "item"
    """What a refusal calls this write."""


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove an item."""

    table: str
    key: Key
    when: Condition | None = None
    label: str = "item"


@dataclass(frozen=True, slots=True)
class Add:
    """Add a number to a field, which starts at zero."""

    table: str
    key: Key
    name: str
    amount: int
    label: str = "counter"


Write = Put | Delete | Add


@dataclass(frozen=True, slots=True)
class Query:
    """One partition of a table or index, in the order of its sort key."""

    table: str
    partition: tuple[str, str]
    """Attribute and value of the partition key."""
    sort: str = "sk"
    """Attribute of the sort key."""
    prefix: str | None = None
    before: str | None = None
    """Only keys smaller than this."""
    since: str | None = None
    """Only keys from this on."""
    index: str | None = None
    limit: int | None = None
    descending: bool = False
    start: Mapping[str, Any] | None = None
    """Where the page before ended."""


@dataclass(frozen=True, slots=True)
class Page:
    """Items of one query and where the next page starts, if there is one."""

    items: Sequence[Item]
    next_start: Mapping[str, Any] | None = field(default=None)


class TransactionRefusedError(Exception):
    """A condition did not hold; nothing was written. `labels` are the writes that were refused."""

    def __init__(self, labels: Sequence[str]) -> None:
        super().__init__(f"refused by {', '.join(labels)}; read again and decide anew")
        self.labels = frozenset(labels)


class TablesBusyError(Exception):
    """Contention or throttling outlasted every retry; nothing was written. Try again later."""


class Tables(Protocol):
    """The port to tables."""

    def get(self, table: str, key: Key) -> Item | None:
        """One item, consistently read, or None."""

    def query(self, query: Query) -> Page:
        """One page of at most `limit` items (else at most one megabyte)."""

    def count(self, query: Query) -> int:
        """How many items the query has, over all its pages; no item is transferred."""

    def transact(self, writes: Sequence[Write]) -> None:
        """All writes or none.

        Raises:
            TransactionRefusedError: a condition did not hold.
            TablesBusyError: contention outlasted every retry.
        """

    def remove_fields(self, table: str, key: Key, names: Sequence[str]) -> None:
        """Remove attributes of an item; an absent item stays absent."""

    def add(self, table: str, key: Key, amounts: Mapping[str, int], expires_at: int) -> None:
        """Add to numbers of an item, which begin at zero; who adds first says when it is forgotten.

        Outside of any transaction: two writers never refuse each other.
        """
