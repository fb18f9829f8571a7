"""What is known of a run: an entry per node and, in loops, per item.

An entry's `output` holds the keys that nodes of its scope have written (a scope is the whole flow,
or one item of a loop); the scope's own input is kept once, beside them. Skipped and aborted nodes
need no entry: `settle` derives them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from shared.graph.errors import NodeError


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
    output: dict[str, Any] = field(default_factory=dict)
    writers: dict[str, str] = field(default_factory=dict)
    """Who wrote each key of `output` last."""
    keeps: bool = True
    """Whether the scope's input is still part of the item."""
    error: NodeError | None = None
    attempts: int = 0
    started_at: str | None = None
    ended_at: str | None = None
    waits_for: dict[str, Any] | None = None
    pinned: bool = False

    @property
    def key(self) -> str:
        """Path and node: unique in a run."""
        return self.path + self.node

    def as_json(self) -> dict[str, Any]:
        """The entry as JSON, without what is empty."""
        return {name: value for name, value in asdict(self).items() if value not in (None, {}, "")}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Entry:
        """The entry that `as_json` wrote."""
        error = raw.get("error")
        fields = {**raw, "status": Status(raw["status"])}
        fields["error"] = NodeError(**error) if error else None
        return cls(**fields)


@dataclass(slots=True)
class ItemEntry:
    """How one item of a loop ended; its key is `loop[3]`, with the paths of outer loops before."""

    key: str
    status: Status
    result: Any = None
    error: NodeError | None = None


@dataclass(slots=True)
class Record:
    """All that is known of a run. Whoever starts with a filled record resumes."""

    entries: dict[str, Entry] = field(default_factory=dict)
    items: dict[str, ItemEntry] = field(default_factory=dict)

    def get(self, node: str, path: str = "") -> Entry | None:
        """The entry of a node, if there is one."""
        return self.entries.get(path + node)

    def put(self, entry: Entry) -> None:
        """Writes an entry; the same key again replaces it."""
        self.entries[entry.path + entry.node] = entry

    def __iter__(self) -> Iterator[Entry]:
        """The entries in the order in which they were first written."""
        return iter(self.entries.values())
