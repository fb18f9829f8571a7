"""The port `Tables` on SQLite, as far as a record of runs needs it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

from shared.platform.tables import (
    Absent,
    FieldIs,
    Item,
    Key,
    Page,
    Put,
    Query,
    TransactionRefusedError,
    Write,
)


class SqliteTables:
    """Items of one table; every transaction is on disk when it returns."""

    def __init__(self, file: Path) -> None:
        self._db = sqlite3.connect(file, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("CREATE TABLE items (pk, sk, body, PRIMARY KEY (pk, sk)) WITHOUT ROWID")

    def get(self, table: str, key: Key) -> Item | None:
        """One item."""
        found = self._db.execute(
            "SELECT body FROM items WHERE pk = ? AND sk = ?", (key["pk"], key["sk"])
        ).fetchone()
        return json.loads(found[0]) if found else None

    def query(self, query: Query) -> Page:
        """All items whose sort key has the prefix."""
        prefix = query.prefix or ""
        found = self._db.execute(
            "SELECT body FROM items WHERE pk = ? AND sk >= ? AND sk < ? ORDER BY sk",
            (query.partition[1], prefix, prefix + "\U0010ffff"),
        )
        return Page([json.loads(row[0]) for row in found])

    def transact(self, writes: Sequence[Write]) -> None:
        """All writes or none."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            for write in writes:
                if not isinstance(write, Put):
                    raise NotImplementedError("a record of runs only puts")
                self._put(write)
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def _put(self, write: Put) -> None:
        item, when = write.item, write.when
        if when is not None:
            standing = self.get(write.table, {"pk": item["pk"], "sk": item["sk"]})
            absent = isinstance(when, Absent) and standing is None
            same = isinstance(when, FieldIs) and (standing or {}).get(when.name) == when.value
            if not (absent or same):
                raise TransactionRefusedError([write.label])
        self._db.execute(
            "INSERT OR REPLACE INTO items VALUES (?, ?, ?)",
            (item["pk"], item["sk"], json.dumps(item)),
        )

    def count(self, query: Query) -> int:
        """How many items a query has."""
        return len(self.query(query).items)

    def remove_fields(self, table: str, key: Key, names: Sequence[str]) -> None:
        """No record of runs does this."""
        raise NotImplementedError("a record of runs removes no fields")

    def add(self, table: str, key: Key, amounts: Mapping[str, int], expires_at: int) -> None:
        """No record of runs does this."""
        raise NotImplementedError("a record of runs counts nothing outside of its transactions")
