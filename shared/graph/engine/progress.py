"""What a run tells while it runs, and what it hands over to be kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from shared.graph.errors import NodeError
from shared.graph.record import Entry, ItemEntry

What = Literal["started", "completed", "failed", "waiting", "retrying", "item"]


@dataclass(frozen=True, slots=True)
class Progress:
    """One thing that happened to a node of a run."""

    what: What
    node: str
    path: str = ""
    attempt: int = 1
    route: str | None = None
    error: NodeError | None = None
    seconds: float = 0.0
    index: int | None = None
    """Which item of a loop."""
    output: Any = None


Listener = Callable[[Progress], None]
"""Hears of progress; what it raises is logged and changes nothing."""


class Checkpoint(Protocol):
    """Keeps the record of a run outside of its process."""

    async def node(self, entry: Entry) -> None:
        """A node settled, or waits."""

    async def item(self, item: ItemEntry) -> bool:
        """An item of a loop ended; answers whether the run may go on with the next."""
