"""What stands of a run, node by node: states for all, data for one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final

from shared.graph.durable import Header
from shared.graph.durable.places import Place
from shared.graph.engine.loaded import LoadedFlow
from shared.graph.errors import GraphError
from shared.graph.record import SETTLED, Entry, Record, Status
from shared.graph.settle import settle
from shared.workflows.executions.errors import ExecutionNotFoundError, NodeNotFoundError
from shared.workflows.executions.execution import Execution
from shared.workflows.executions.ports import Ports

MOST_ENTRIES: Final = 10_000
"""Entries of a run that are looked at; a loop of more items shows its first."""


@dataclass(frozen=True, slots=True)
class NodeState:
    """One node, for one item of the loops around it."""

    node_id: str
    path: str
    status: str
    route: str | None = None
    attempts: int = 0
    started_at: datetime | None = None
    completed_at: datetime | None = None
    duration_seconds: float | None = None
    error: Mapping[str, Any] | None = None
    waits_for: str | None = None
    items: Mapping[str, int] | None = None
    """Of a node in a loop: how many items stand where."""


@dataclass(frozen=True, slots=True)
class NodeDetail:
    """One node with its data."""

    state: NodeState
    input: Any
    output: Any
    waits_for: Mapping[str, Any] | None
    tokens: int | None
    cost: float | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A run with its data and the states of its nodes."""

    execution: Execution
    header: Header
    nodes: Mapping[str, NodeState]
    entries: list[Entry]

    @property
    def current(self) -> str | None:
        """The node that waits, that failed, or that ended last."""
        if error := (self.execution.error or {}).get("node"):
            return str(error)
        waiting = [e.node for e in self.entries if e.status is Status.WAITING]
        if waiting or not self.entries:
            return waiting[0] if waiting else None
        return max(self.entries, key=lambda e: e.ended_at or 0.0).node


class Records:
    """Reads the records of runs."""

    def __init__(self, ports: Ports) -> None:
        self._at = ports

    def standing(self, tenant: str, execution: Execution) -> Standing:
        """How a run stands; raises ExecutionNotFoundError."""
        header = self._header(tenant, execution)
        entries = list(islice(self._at.store.outline(tenant, execution.id), MOST_ENTRIES))
        flow = self._flow(tenant, execution)
        found: dict[str, NodeState] = {}
        if flow is not None:
            record = Record({entry.key: entry for entry in entries})
            for node, status in settle(flow.plan.root, record, {}).statuses().items():
                shown = "pending" if status is Status.READY else status.value
                found[node] = NodeState(node, "", shown)
        inner: dict[str, list[Entry]] = {}
        for entry in entries:
            if entry.path:
                inner.setdefault(entry.node, []).append(entry)
            else:
                found[entry.node] = state_of(entry)
        found |= {node: _of_items(node, its) for node, its in inner.items()}
        return Standing(execution, header, found, entries)

    def node(self, tenant: str, execution: Execution, node: str, path: str = "") -> NodeDetail:
        """One node with its data.

        Raises:
            ExecutionNotFoundError: its record is not kept any more.
            NodeNotFoundError: the flow has no such node, or no such item.
        """
        header, flow = self._header(tenant, execution), self._flow(tenant, execution)
        if flow is None or node not in flow.routines:
            raise NodeNotFoundError(f"execution {execution.id} has no node {node}")
        place = Place(self._at.store, flow, header, tenant, execution.id, path)
        try:
            entries = [entry for entry in place.entries() if entry is not None]
            settled = settle(place.scope, Record({e.key: e for e in entries}), place.base, path)
            standing = settled.entries[place.scope.by_id[node].index]
        except (KeyError, ValueError) as error:
            said = f"node {node} has no item {path!r}; it reads loop[0]/inner[3]/"
            raise NodeNotFoundError(said) from error
        try:
            given = settled.input_of(node)
        except KeyError:
            given = None
        result = standing.result if standing.status in SETTLED and standing.route else None
        used = _usage(result)
        return NodeDetail(state_of(standing), given, result, standing.waits_for, used[0], used[1])

    def _header(self, tenant: str, execution: Execution) -> Header:
        header = self._at.store.header(tenant, execution.id)
        if header is None:
            raise ExecutionNotFoundError(execution.id)
        return header

    def _flow(self, tenant: str, execution: Execution) -> LoadedFlow | None:
        try:
            return self._at.flows(tenant, execution.flow)
        except GraphError:
            return None


def state_of(entry: Entry) -> NodeState:
    """The state that an entry says."""
    began, ended = entry.started_at, entry.ended_at
    took = round(ended - began, 6) if began is not None and ended is not None else None
    return NodeState(
        entry.node, entry.path, entry.status.value, entry.route, entry.attempts, at(began),
        at(ended), took, entry.error.as_json() if entry.error else None,
        str(entry.waits_for.get("kind")) if entry.waits_for else None,
    )  # fmt: skip


def at(seconds: float | None) -> datetime | None:
    """A moment of the record."""
    return datetime.fromtimestamp(seconds, UTC) if seconds is not None else None


def _of_items(node: str, entries: list[Entry]) -> NodeState:
    counted = Counter(entry.status.value for entry in entries)
    last = max(entries, key=lambda entry: entry.ended_at or 0.0)
    worst = next((s for s in ("failed", "waiting") if s in counted), last.status.value)
    return NodeState(
        node, "", worst, None, sum(entry.attempts for entry in entries),
        at(min((e.started_at for e in entries if e.started_at), default=None)),
        at(last.ended_at), None, None, None, dict(counted),
    )  # fmt: skip


def _usage(result: Any) -> tuple[int | None, float | None]:
    """Tokens and money that a node says it used."""
    usage = result.get("usage") if isinstance(result, Mapping) else None
    if not isinstance(usage, Mapping):
        return None, None
    named = [usage.get(name) for name in ("total_tokens", "input_tokens", "output_tokens")]
    whole, read, written = [each if isinstance(each, int) else None for each in named]
    cost = usage.get("cost")
    tokens = whole if whole is not None else (read or 0) + (written or 0)
    return tokens, float(cost) if isinstance(cost, int | float) else None
