"""What happened in a run, in the order of time: read from its record, which holds the data apart.

A line names nodes, statuses, routes, times and types of errors. Messages of errors may quote what
was worked on, so that they stand with the node and not here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

from shared.graph.record import Entry, Status
from shared.workflows.executions.execution import Execution
from shared.workflows.executions.record import Standing, at

Level = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
MAX_LINES: Final = 10_000


@dataclass(frozen=True, slots=True)
class Happened:
    """One transition of a run or of a node."""

    timestamp: datetime
    level: Level
    what: str
    """started, completed, failed, waiting, paused or cancelled."""
    message: str
    node_id: str | None = None
    path: str = ""
    route: str | None = None
    attempts: int | None = None
    duration_seconds: float | None = None

    def as_json(self) -> dict[str, Any]:
        """As JSON, without what says nothing."""
        found = {name: getattr(self, name) for name in self.__slots__}
        told = {name: value for name, value in found.items() if value not in (None, "")}
        return {**told, "timestamp": self.timestamp.isoformat()}

    def as_text(self) -> str:
        """As a line of text."""
        where = f" [{self.path}{self.node_id}]" if self.node_id else ""
        return f"{self.timestamp.isoformat()} {self.level}{where} {self.message}"


def happened(
    standing: Standing, level: Level | None = None, node_id: str | None = None
) -> list[Happened]:
    """Everything that happened, oldest first."""
    found = [*_of_run(standing.execution)]
    for entry in standing.entries:
        found += _of_node(entry)
    chosen = [
        each for each in found if level in (None, each.level) and node_id in (None, each.node_id)
    ]
    # Functions' clocks differ: a run's start stays before its nodes, its end behind them.
    return sorted(chosen, key=lambda each: (_RANK.get(each.what, 1), each.timestamp))


def as_file(lines: Sequence[Happened], form: Literal["text", "json"]) -> str:
    """Lines as a file."""
    if form == "json":
        return json.dumps([line.as_json() for line in lines], indent=1) + "\n"
    return "".join(f"{line.as_text()}\n" for line in lines)


def _of_run(execution: Execution) -> Iterator[Happened]:
    told = f"execution {execution.id} started by {execution.cause.kind}, {execution.engine}"
    yield Happened(execution.started_at, "INFO", "run started", told)
    if execution.completed_at is not None:
        bad = execution.status == "failed"
        kind = f" with {(execution.error or {}).get('type')}" if bad else ""
        yield Happened(
            execution.completed_at, "ERROR" if bad else "INFO", f"run {execution.status}",
            f"execution {execution.status}{kind} after {execution.seconds:.3f} s",
            duration_seconds=execution.seconds,
        )  # fmt: skip


def _of_node(entry: Entry) -> Iterator[Happened]:
    began = at(entry.started_at) or at(entry.ended_at) or datetime.fromtimestamp(0, UTC)
    ended = at(entry.ended_at) or began
    where: dict[str, Any] = {"node_id": entry.node, "path": entry.path}
    yield Happened(began, "DEBUG", "started", f"{entry.node} started", **where)
    if entry.attempts > 1:
        said = f"{entry.node} was tried {entry.attempts} times"
        yield Happened(ended, "WARNING", "retried", said, attempts=entry.attempts, **where)
    if entry.status is Status.WAITING:
        kind = (entry.waits_for or {}).get("kind")
        yield Happened(ended, "INFO", "waiting", f"{entry.node} waits: {kind}", **where)
    elif entry.status is Status.FAILED:
        kind = entry.error.type if entry.error else "an error"
        handled = f", handled by {entry.route}" if entry.route else ""
        yield Happened(
            ended, "WARNING" if entry.route else "ERROR", "failed",
            f"{entry.node} failed: {kind}{handled}", route=entry.route, attempts=entry.attempts,
            **where,
        )  # fmt: skip
    else:
        took = (ended - began).total_seconds()
        way = f", left by {entry.route}" if entry.route not in (None, "default") else ""
        yield Happened(
            ended, "INFO", entry.status.value, f"{entry.node} {entry.status} in {took:.3f} s{way}",
            route=entry.route, attempts=entry.attempts, duration_seconds=took, **where,
        )  # fmt: skip


_RANK: Final = {"run started": 0, "run completed": 2, "run failed": 2, "run cancelled": 2}
