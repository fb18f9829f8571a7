"""What a workflow itself answers to whoever called it: status and body of its HTTP response."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from shared.graph.durable import TablesRecordStore
from shared.graph.durable.published import PublishedFlows
from shared.graph.record import Status
from shared.nodes.http.http_response import HttpResponseNode
from shared.workflows.executions.execution import Execution


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """A status and a body."""

    status: int
    body: Any


def raw_answer(
    store: TablesRecordStore, flows: PublishedFlows, tenant: str, execution: Execution
) -> RawAnswer | None:
    """Of the first response node, in node order, that ran; nothing if none did."""
    scope = flows(tenant, execution.flow).plan.root
    for step in scope.steps:
        if step.definition is not HttpResponseNode:
            continue
        entry = store.entry(tenant, execution.id, step.id)
        if entry is not None and entry.status is Status.COMPLETED:
            return RawAnswer(int(entry.result["status"]), entry.result["body"])
    return None
