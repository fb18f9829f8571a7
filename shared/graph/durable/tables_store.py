"""The record of runs in a table, with large values beside it."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import count
from typing import Any, Final, Protocol

from shared.graph.durable.blobs import Blobs, Values
from shared.graph.durable.header import Header
from shared.graph.durable.suspending import Parent
from shared.graph.errors import NodeError
from shared.graph.record import SETTLED, Entry, ItemEntry, Record, Status
from shared.graph.values import freeze
from shared.platform.tables import (
    Absent,
    FieldIs,
    Item,
    Put,
    Query,
    Tables,
    TransactionRefusedError,
)

HEADER: Final = "header"
"""What a refusal calls the write of a header."""
_HEADER: Final = "run"
_NODE: Final = "node#"
_ITEM: Final = "item#"
_PAGES: Final = 20
"""Megabytes of entries that an outline reads."""
_REMEMBERED: Final = 1_000
"""Runs whose expiry a process knows; each task reads the header first."""
_DATA: Final = ("large", "output", "writers")


class Closing(Protocol):
    """Writes a run's later header with whatever else is to stand when the run is there."""

    def __call__(self, tenant: str, execution: str, header: Header, write: Put) -> None:
        """All in one transaction, of which `write` is the header.

        Raises:
            TransactionRefusedError: labelled `header`, the run is somewhere else by now.
        """


class TablesRecordStore:
    """The port `RecordStore` over `Tables` and `Blobs`."""

    def __init__(
        self, tables: Tables, table: str, blobs: Blobs, closing: Closing | None = None
    ) -> None:
        """Takes the places; `closing` is told of every end, so that it stands with the header."""
        self._tables, self._table, self._values = tables, table, Values(blobs)
        self._closing = closing
        self._expiries: OrderedDict[tuple[str, str], int] = OrderedDict()

    def header(self, tenant: str, execution: str) -> Header | None:
        """See `RecordStore.header`."""
        raw = self._get(tenant, execution, _HEADER)
        if raw is None:
            return None
        error = NodeError(**raw["error"]) if raw.get("error") else None
        result = raw["result"] if raw["has_result"] else None
        status = Status(raw["status"])
        expires_at = raw.get("expires_at")
        self.expire(tenant, execution, expires_at)
        parent = Parent(**raw["parent"]) if raw.get("parent") else None
        return Header(
            raw["flow"], freeze(raw["given"]), raw["pins"], status, result, error,
            raw.get("until"), parent, expires_at,
        )  # fmt: skip

    def expire(self, tenant: str, execution: str, expires_at: int | None) -> None:
        """Lets what is written of a run from now on expire with its header, which told when."""
        if expires_at is not None:
            self._expiries[tenant, execution] = expires_at
            if len(self._expiries) > _REMEMBERED:
                self._expiries.popitem(last=False)

    def put_header(self, tenant: str, execution: str, header: Header) -> None:
        """See `RecordStore.put_header`."""
        self._tables.transact([self.header_write(tenant, execution, header)])

    def end(self, tenant: str, execution: str, before: Header, after: Header) -> bool:
        """See `RecordStore.end`."""
        write = self.header_write(tenant, execution, after, FieldIs("status", before.status))
        try:
            if self._closing is None:
                self._tables.transact([write])
            else:
                self._closing(tenant, execution, after, write)
        except TransactionRefusedError as refused:
            if HEADER in refused.labels:
                return False
            raise
        return True

    def header_write(
        self,
        tenant: str,
        execution: str,
        header: Header,
        when: Absent | FieldIs | None = None,
    ) -> Put:
        """The write of a header, for whoever has more to write with it."""
        body = {
            "flow": header.flow,
            "status": header.status,
            "error": header.error.as_json() if header.error else None,
            "given": header.given,
            "pins": header.pins,
            "result": header.result or {},
            "has_result": header.result is not None,
            "until": header.until,
            **({"parent": asdict(header.parent)} if header.parent else {}),
            "expires_at": header.expires_at,
        }
        self.expire(tenant, execution, header.expires_at)
        large = ("given", "pins", "result")
        return self._row(tenant, execution, _HEADER, body, large, when, HEADER)

    def entry(self, tenant: str, execution: str, key: str) -> Entry | None:
        """See `RecordStore.entry`."""
        raw = self._get(tenant, execution, _NODE + key)
        return _entry(raw) if raw else None

    def entries(self, tenant: str, execution: str, path: str) -> Sequence[Entry]:
        """See `RecordStore.entries`."""
        return [_entry(raw) for raw in self._all(tenant, execution, _NODE + path)]

    def outline(self, tenant: str, execution: str) -> Iterator[Entry]:
        """The entries without what nodes gave: nothing large is fetched.

        Of a run with megabytes of entries, those of the first.
        """
        for _, entry in self.outlined(tenant, execution, _PAGES):
            yield entry

    def outlined(
        self, tenant: str, execution: str, pages: int | None = None
    ) -> Iterator[tuple[Item, Entry]]:
        """Rows of entries as they are stored, each with its entry's outline."""
        for row in self.rows(tenant, execution, _NODE, pages):
            told = {key: value for key, value in _body(row).items() if key not in _DATA}
            yield row, Entry.from_json(told)

    def rows(
        self, tenant: str, execution: str, prefix: str, pages: int | None = None
    ) -> Iterator[Item]:
        """Rows as they are stored, of so many pages of a megabyte at most."""
        start: Mapping[str, Any] | None = None
        for number in count(1):
            partition = ("pk", _partition(tenant, execution))
            page = self._tables.query(Query(self._table, partition, prefix=prefix, start=start))
            yield from page.items
            start = page.next_start
            if start is None or number == pages:
                return

    def moved(self, tenant: str, execution: str, row: Item) -> Put:
        """The write of a row of another run into this one."""
        item = {**row, "pk": _partition(tenant, execution)}
        item.pop("expires_at", None)
        if (expires_at := self._expiries.get((tenant, execution))) is not None:
            item["expires_at"] = expires_at
        return Put(self._table, item)

    def put_entry(self, tenant: str, execution: str, entry: Entry) -> Entry:
        """See `RecordStore.put_entry`."""
        raw = entry.as_json()
        body = {**raw, "output": dict(entry.output)}
        sort = _NODE + entry.key
        for when in (
            Absent(),
            FieldIs("status", Status.WAITING),
            FieldIs("status", Status.RUNNING),
        ):
            try:
                self._put(tenant, execution, sort, body, ("output",), when)
            except TransactionRefusedError:
                continue
            return entry
        standing = self.entry(tenant, execution, entry.key)
        return standing if standing is not None and standing.status in SETTLED else entry

    def items(self, tenant: str, execution: str, loop: str) -> Sequence[ItemEntry]:
        """See `RecordStore.items`."""
        found = self._all(tenant, execution, f"{_ITEM}{loop}[")
        return [ItemEntry.from_json({**raw, **raw["values"]}) for raw in found]

    def put_item(self, tenant: str, execution: str, item: ItemEntry) -> None:
        """See `RecordStore.put_item`."""
        raw = item.as_json()
        body = {**raw, "values": {"result": raw.pop("result")}}
        self._put(tenant, execution, _ITEM + item.key, body, ("values",))

    def record(self, tenant: str, execution: str) -> Record:
        """Everything that stands of a run."""
        entries = {entry.key: entry for entry in self.entries(tenant, execution, "")}
        raws = self._all(tenant, execution, _ITEM)
        items = [ItemEntry.from_json({**raw, **raw["values"]}) for raw in raws]
        return Record(entries, {item.key: item for item in items})

    def note(self, tenant: str, execution: str, kind: str, key: str) -> Mapping[str, Any] | None:
        """See `RecordStore.note`."""
        raw = self._get(tenant, execution, f"{kind}#{key}")
        return freeze(raw["values"]) if raw else None

    def notes(self, tenant: str, execution: str, kind: str) -> Mapping[str, Mapping[str, Any]]:
        """See `RecordStore.notes`."""
        found = self._all(tenant, execution, f"{kind}#")
        return {raw["key"]: freeze(raw["values"]) for raw in found}

    def put_note(
        self, tenant: str, execution: str, kind: str, key: str, values: Mapping[str, Any]
    ) -> None:
        """See `RecordStore.put_note`."""
        self._put(
            tenant, execution, f"{kind}#{key}", {"key": key, "values": dict(values)}, ("values",)
        )

    def _get(self, tenant: str, execution: str, sort: str) -> dict[str, Any] | None:
        key = {"pk": _partition(tenant, execution), "sk": sort}
        item = self._tables.get(self._table, key)
        return self._unpacked(_body(item)) if item else None

    def _all(self, tenant: str, execution: str, prefix: str) -> Iterator[dict[str, Any]]:
        return (self._unpacked(_body(row)) for row in self.rows(tenant, execution, prefix))

    def _put(
        self,
        tenant: str,
        execution: str,
        sort: str,
        body: Mapping[str, Any],
        large: tuple[str, ...],
        when: Absent | FieldIs | None = None,
    ) -> None:
        self._tables.transact([self._row(tenant, execution, sort, body, large, when)])

    def _row(
        self,
        tenant: str,
        execution: str,
        sort: str,
        body: Mapping[str, Any],
        large: tuple[str, ...],
        when: Absent | FieldIs | None = None,
        label: str = "item",
    ) -> Put:
        packed = {**body, **{key: self._values.packed(tenant, body[key]) for key in large}}
        item: Item = {
            "pk": _partition(tenant, execution),
            "sk": sort,
            "large": ",".join(large),
            "status": str(body.get("status", "")),
            "body": json.dumps(packed, separators=(",", ":"), allow_nan=False),
        }
        if (expires_at := self._expiries.get((tenant, execution))) is not None:
            item["expires_at"] = expires_at
        return Put(self._table, item, when, label)

    def _unpacked(self, body: dict[str, Any]) -> dict[str, Any]:
        for key in str(body.pop("large")).split(","):
            body[key] = self._values.unpacked(body[key])
        return body


def _body(item: Item) -> dict[str, Any]:
    return {**json.loads(item["body"]), "large": item["large"]}


def _entry(raw: Mapping[str, Any]) -> Entry:
    return Entry.from_json(raw)


def _partition(tenant: str, execution: str) -> str:
    return f"{tenant}#run#{execution}"
