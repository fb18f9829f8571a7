"""What is known of a run: an entry per node and, in loops, per item.

An entry's `output` holds the keys that nodes of its scope have written (a scope is the whole flow,
or one item of a loop); the scope's own input is kept once, beside them. Skipped and aborted nodes
need no entry: `settle` derives them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from shared.graph.errors import NodeError
from shared.graph.values import NOTHING, freeze, nothing


class Status(StrEnum):
    """Where a node, an item or a run stands."""

    PENDING = "pending"
    READY = "ready"
    RUNNING = "running"
    WAITING = "waiting"
    COMPLETED = "completed"
    FAILED = "failed"
    SKIPPED = "skipped"
    ABORTED = "aborted"
    CANCELLED = "cancelled"


SETTLED = frozenset({Status.COMPLETED, Status.FAILED, Status.SKIPPED, Status.ABORTED})


@dataclass(slots=True)
class Entry:
    """What is known of one node, for one item path."""

    node: str
    status: Status
    path: str = ""
    route: str | None = None
    """The chosen output; of a failed node `error` if that output is connected, else nothing."""
    output: Mapping[str, Any] = field(default_factory=nothing)
    """What nodes of the scope have written up to and with this one."""
    writers: Mapping[str, str] = field(default_factory=nothing)
    """Who wrote each key of `output` last."""
    keeps: bool = True
    """Whether the scope's input is still part of the item."""
    result_key: str = ""
    """The key of `output` under which the node's own result stands; nothing is: all it wrote."""
    error: NodeError | None = None
    attempts: int = 0
    started_at: float | None = None
    """Seconds since 1970, as are all times here."""
    ended_at: float | None = None
    waits_for: Mapping[str, Any] | None = None
    usage: Mapping[str, int] | None = None
    """What it took of things that cost; see `NodeContext.usage`."""

    @property
    def key(self) -> str:
        """Path and node: unique in a run."""
        return self.path + self.node

    @property
    def result(self) -> Any:
        """What this node itself gave."""
        if self.result_key:
            return self.output.get(self.result_key)
        return {key: self.output[key] for key, who in self.writers.items() if who == self.node}

    def as_json(self) -> dict[str, Any]:
        """The entry as JSON, without what says nothing."""
        found = {
            name: getattr(self, name)
            for name, default in _DEFAULTS
            if getattr(self, name) != default
        }
        if self.error:
            found["error"] = self.error.as_json()
        return found

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Entry:
        """The entry that `as_json` wrote."""
        fields = {**raw, "status": Status(raw["status"])}
        for name in ("output", "writers"):
            fields[name] = freeze(raw.get(name, NOTHING))
        if error := raw.get("error"):
            fields["error"] = NodeError(**error)
        return cls(**fields)


_DEFAULTS = tuple(
    (each.name, NOTHING if each.name in ("output", "writers") else each.default)
    for each in fields(Entry)
)


@dataclass(slots=True)
class ItemEntry:
    """How one item of a loop ended; its key is `loop[3]`, with the paths of outer loops before."""

    key: str
    status: Status
    result: Any = None
    error: NodeError | None = None

    def as_json(self) -> dict[str, Any]:
        """The item as JSON."""
        error = self.error.as_json() if self.error else None
        return {"key": self.key, "status": self.status, "result": self.result, "error": error}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> ItemEntry:
        """The item that `as_json` wrote."""
        error = NodeError(**raw["error"]) if raw.get("error") else None
        return cls(raw["key"], Status(raw["status"]), freeze(raw.get("result")), error)


@dataclass(slots=True)
class Record:
    """All that is known of a run. Whoever starts with a filled record resumes."""

    entries: dict[str, Entry] = field(default_factory=dict)
    items: dict[str, ItemEntry] = field(default_factory=dict)
    notes: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """What nodes noted on their way; see `shared.graph.journal`."""

    def get(self, node: str, path: str = "") -> Entry | None:
        """The entry of a node, if there is one."""
        return self.entries.get(path + node)

    def put(self, entry: Entry) -> None:
        """Writes an entry; the same key again replaces it."""
        self.entries[entry.path + entry.node] = entry

    def for_resume(self) -> Record:
        """What a new attempt need not do again: all but what failed or was cut off."""
        done = {
            key: entry
            for key, entry in self.entries.items()
            if entry.status in (Status.COMPLETED, Status.WAITING) or entry.route is not None
        }
        items = {k: item for k, item in self.items.items() if item.status is Status.COMPLETED}
        return Record(done, items, self.notes)

    def as_json(self) -> dict[str, Any]:
        """The record as JSON."""
        found = {
            "entries": [entry.as_json() for entry in self.entries.values()],
            "items": [item.as_json() for item in self.items.values()],
        }
        return {**found, "notes": dict(self.notes)} if self.notes else found

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Record:
        """The record that `as_json` wrote."""
        entries = [Entry.from_json(entry) for entry in raw.get("entries", ())]
        items = [ItemEntry.from_json(item) for item in raw.get("items", ())]
        notes = {key: freeze(note) for key, note in raw.get("notes", {}).items()}
        return cls({e.key: e for e in entries}, {item.key: item for item in items}, notes)

    def __iter__(self) -> Iterator[Entry]:
        """The entries in the order in which they were first written."""
        return iter(self.entries.values())
