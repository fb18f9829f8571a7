"""The record of runs as a port: read by key, written once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from shared.graph.durable.header import Header
from shared.graph.record import Entry, ItemEntry


class RecordStore(Protocol):
    """What is kept of one tenant's run. Every method names tenant and execution first."""

    def header(self, tenant: str, execution: str) -> Header | None:
        """What is fixed for the run."""

    def put_header(self, tenant: str, execution: str, header: Header) -> None:
        """Writes the header; a later one replaces an earlier one."""

    def end(self, tenant: str, execution: str, before: Header, after: Header) -> bool:
        """Writes a later header unless the run is no longer as `before` says; whether it did."""

    def entry(self, tenant: str, execution: str, key: str) -> Entry | None:
        """The entry of a node for an item path."""

    def entries(self, tenant: str, execution: str, path: str) -> Sequence[Entry]:
        """Every entry whose key starts with a path, bodies of loops among them."""

    def put_entry(self, tenant: str, execution: str, entry: Entry) -> Entry:
        """Writes an entry unless a settled one stands there; the one that stands now."""

    def items(self, tenant: str, execution: str, loop: str) -> Sequence[ItemEntry]:
        """The ended items of a loop and of loops in its body; `loop` is its path and id."""

    def put_item(self, tenant: str, execution: str, item: ItemEntry) -> None:
        """Writes how an item ended."""

    def note(self, tenant: str, execution: str, kind: str, key: str) -> Mapping[str, Any] | None:
        """Something else that is kept: an item's input, an answer, a token."""

    def notes(self, tenant: str, execution: str, kind: str) -> Mapping[str, Mapping[str, Any]]:
        """All that is kept of a kind, by key."""

    def put_note(
        self, tenant: str, execution: str, kind: str, key: str, values: Mapping[str, Any]
    ) -> None:
        """Keeps it; a later one replaces an earlier one."""
