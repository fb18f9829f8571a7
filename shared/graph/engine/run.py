"""How a run ended, or where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from shared.graph.engine.attempts import EXHAUSTED
from shared.graph.errors import NodeError
from shared.graph.record import Entry, Record, Status
from shared.graph.settle import Settlement


@dataclass(frozen=True, slots=True)
class Run:
    """How a run ended, or where it stands."""

    execution_id: str
    status: Status
    result: dict[str, Any] | None
    error: NodeError | None
    record: Record
    settlement: Settlement
    seconds: float = 0.0

    @property
    def waits_for(self) -> list[Entry]:
        """The nodes, of loops' items too, whose answers come from outside."""
        kinds = {"items"}
        return [
            entry
            for entry in self.record
            if entry.status is Status.WAITING and (entry.waits_for or {}).get("kind") not in kinds
        ]

    @property
    def exhausted(self) -> bool:
        """Whether a producer had nothing more to give."""
        return any(entry.route == EXHAUSTED for entry in self.settlement.entries)

    def output(self, node_id: str) -> Any:
        """What a node itself gave; nothing if it did not run."""
        entry = self.record.get(node_id)
        return entry.result if entry and entry.status is Status.COMPLETED else None


class RunFailedError(Exception):
    """A run did not complete; `run` says how it stands."""

    def __init__(self, run: Run) -> None:
        """Takes the run."""
        waiting = ", ".join(entry.key for entry in run.waits_for)
        told = run.error.message if run.error else f"the run waits for {waiting}"
        super().__init__(f"{run.error.node}: {told}" if run.error and run.error.node else told)
        self.run = run
